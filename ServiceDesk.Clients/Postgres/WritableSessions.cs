using Npgsql;

namespace ServiceDesk.Clients.Postgres;

/// <summary>A session that cannot write is not kept: after a failover the pool would otherwise hold sessions on a
/// standby for as long as the process lives (P5).</summary>
public static class WritableSessions
{
    private const string Look =
        """
        -- check session
        SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean
        """;

    /// <summary>Lets no session into the pool whose server takes no writes, at the cost of one round trip for each new
    /// session.</summary>
    public static void RequireWritableSessions(this NpgsqlDataSourceBuilder source) =>
        source.UsePhysicalConnectionInitializer(Require, RequireWritableAsync);

    /// <returns>What is wrong with a server, in words, or null when it takes writes.</returns>
    public static string? Problem(bool isInRecovery, bool isReadOnly) =>
        isInRecovery ? "the server is a standby and takes no writes"
        : isReadOnly ? "the server takes no writes (default_transaction_read_only is on)"
        : null;

    /// <exception cref="ReadOnlyServerException">The session's server takes no writes.</exception>
    public static async Task RequireWritableAsync(this NpgsqlConnection connection)
    {
        await using var look = new NpgsqlCommand(Look, connection);
        await using var row = await look.ExecuteReaderAsync();
        await row.ReadAsync();
        Require(row);
    }

    private static void Require(NpgsqlConnection connection)
    {
        using var look = new NpgsqlCommand(Look, connection);
        using var row = look.ExecuteReader();
        row.Read();
        Require(row);
    }

    private static void Require(NpgsqlDataReader row)
    {
        if (Problem(row.GetBoolean(0), row.GetBoolean(1)) is { } problem)
        {
            throw new ReadOnlyServerException(problem);
        }
    }
}

/// <summary>A session was refused because its server takes no writes.</summary>
public sealed class ReadOnlyServerException(string message) : NpgsqlException(message);
