using Npgsql;

namespace ServiceDesk.Migrator;

/// <summary>Finds out who holds the lock that a script waits for.</summary>
internal static class LockHolder
{
    /// <summary>Migrators that wait for their turn wait for an advisory lock, and are nobody's trouble.</summary>
    private const string Find =
        """
        SELECT format('session %s (%s%s%s)', holder.pid, holder.usename,
                   ', ' || nullif(holder.application_name, ''),
                   ', ' || holder.state || ' since ' || to_char(holder.state_change, 'HH24:MI:SS'))
        FROM pg_stat_activity AS waiting
        CROSS JOIN unnest(pg_blocking_pids(waiting.pid)) AS blocking(pid)
        JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid
        WHERE waiting.datname = current_database()
          AND waiting.application_name = current_setting('application_name')
          AND waiting.wait_event_type = 'Lock' AND waiting.wait_event <> 'advisory'
        LIMIT 1
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks until the upgrade has ended.</summary>
    /// <returns>The last holder seen, in words, or null.</returns>
    public static async Task<string?> WatchAsync(NpgsqlConnection watcher, Task upgrade, CancellationToken cancellation)
    {
        string? holder = null;
        while (await Task.WhenAny(upgrade, Task.Delay(Interval, cancellation)) != upgrade)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var find = new NpgsqlCommand(Find, watcher);
            holder = await find.ExecuteScalarAsync(cancellation) as string ?? holder;
        }

        return holder;
    }
}
