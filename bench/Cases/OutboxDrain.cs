using System.Diagnostics;
using Npgsql;
using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>Drains a backlog that becomes visible at once, by the commit of one transaction, to relays that are
/// ready.</summary>
/// <param name="bench">The run.</param>
/// <param name="system">Where the outbox is.</param>
/// <param name="keepsRows">Whether sent rows stay, as history.</param>
/// <param name="holdsTransaction">Whether another session holds a transaction open meanwhile, so that Postgres keeps
/// every old version and every index entry for it.</param>
internal sealed class OutboxDrain(
    BenchRun bench, BenchSystem system, bool keepsRows = false, bool holdsTransaction = false)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <returns>Events per second, from the commit until no row is pending or processing.</returns>
    public async Task<double> ByRelaysAsync(int count)
    {
        await PrepareAsync();
        var relays = new List<ServiceRun>();
        try
        {
            while (relays.Count < count)
            {
                relays.Add(await system.StartAsync(ServicePrograms.OutboxRelay, bench.Cancellation));
            }

            return await TimeAsync(() => Task.CompletedTask);
        }
        finally
        {
            await Task.WhenAll(relays.Select(r => r.DisposeAsync().AsTask()));
        }
    }

    /// <inheritdoc cref="ByRelaysAsync"/>
    public async Task<double> BySqlOnlyAsync()
    {
        await PrepareAsync();
        return await TimeAsync(() => SqlOnlyRelay.DrainAsync(system.Database.RelaySource, bench.Cancellation));
    }

    /// <returns>What each program takes of the processors' time while one relay drains it.</returns>
    public async Task<IReadOnlyList<(string Program, double Share)>> ProfileAsync()
    {
        await PrepareAsync();
        await using var relay = await system.StartAsync(ServicePrograms.OutboxRelay, bench.Cancellation);
        ProcessorTimes start = null!;
        await TimeAsync(() =>
        {
            start = Times();
            return Task.CompletedTask;
        });
        return Times().Since(start);

        ProcessorTimes Times() => ProcessorTimes.Read(relay.ProcessId, "the relay");
    }

    private async Task PrepareAsync()
    {
        if (!keepsRows)
        {
            await system.Database.ExecuteAsync("TRUNCATE outbox", bench.Cancellation);
        }

        await system.Database.SettleAsync(bench.Cancellation);
    }

    private async Task<double> TimeAsync(Func<Task> drain)
    {
        await using var connection = await system.Database.Source.OpenConnectionAsync(bench.Cancellation);
        await InsertBacklogAsync(connection);
        await using var held = holdsTransaction
            ? await HeldTransaction.OpenAsync(system.Database, bench.Cancellation)
            : null;
        var started = Stopwatch.GetTimestamp();
        await drain();
        await NothingIsLeftAsync(connection, started);
        return bench.Sizes.RelayEvents / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task InsertBacklogAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync(bench.Cancellation);
        await using var insert = new NpgsqlCommand(SampleSql.InsertPending, connection)
        {
            Parameters =
            {
                new() { Value = bench.Sizes.RelayTickets }, new() { Value = bench.Sizes.EventsPerTicket },
                new() { Value = SampleTexts.Title }, new() { Value = SampleTexts.Description },
                new() { Value = SampleTexts.TraceParent },
            },
        };
        await insert.ExecuteNonQueryAsync(bench.Cancellation);
        await transaction.CommitAsync(bench.Cancellation);
    }

    private async Task NothingIsLeftAsync(NpgsqlConnection connection, long started)
    {
        // A scan of the table would take what the relay needs.
        await using var byIndex = new NpgsqlCommand("SET enable_seqscan = off", connection);
        await byIndex.ExecuteNonQueryAsync(bench.Cancellation);
        await using var look = new NpgsqlCommand(SampleSql.NothingLeft, connection);
        await look.PrepareAsync(bench.Cancellation);
        while (!(bool)(await look.ExecuteScalarAsync(bench.Cancellation))!)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new BenchException($"the outbox was not drained within {Limit.TotalMinutes:0} minutes");
            }

            await Task.Delay(LookInterval, bench.Cancellation);
        }
    }
}
