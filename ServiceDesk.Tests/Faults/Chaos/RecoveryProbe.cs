using System.Diagnostics;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Measures how long until new tickets are processed: enough of them to reach most partitions.</summary>
internal sealed class RecoveryProbe(Caller caller, TestDatabase database, TimeSpan limit)
{
    private const int Tickets = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <returns>Null when it took longer than the limit.</returns>
    public async Task<TimeSpan?> MeasureAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var created = await Task.WhenAll(Enumerable.Range(0, Tickets).Select(_ => caller.CreateAsync("Probe")));
        var ids = created.Select(ticket => ticket.Id).ToArray();
        while (await ProcessedAsync(ids) < Tickets)
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                return null;
            }

            await Task.Delay(Interval);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private async Task<long> ProcessedAsync(Guid[] tickets)
    {
        try
        {
            return await database.ScalarAsync<long>(
                "SELECT count(DISTINCT ticket_id) FROM notifications WHERE ticket_id = ANY($1)", tickets);
        }
        catch (NpgsqlException cut) when (DatabaseFailure.IsOutage(cut))
        {
            // Our own connections were cut, too.
            return 0;
        }
    }
}
