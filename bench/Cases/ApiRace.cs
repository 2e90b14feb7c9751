using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>One kind of request in a closed loop, beside pgbench with the same statements.</summary>
/// <param name="bench">The run.</param>
/// <param name="system">Where both work.</param>
/// <param name="api">What is measured.</param>
/// <param name="what">The request.</param>
/// <param name="status">What every answer must have.</param>
/// <param name="script">pgbench's.</param>
/// <param name="requestsOf">What a connection sends.</param>
internal sealed class ApiRace(
    BenchRun bench, BenchSystem system, ServiceRun api, string what, int status, string script,
    Func<int, IReadOnlyList<byte[]>> requestsOf)
{
    private const string Name = "api";
    private const string Baseline = "pgbench";
    private const string Held = "transaction held open";

    /// <summary>Connections that the server keeps for others: its own reserve, the API's pool, ours.</summary>
    private const int OtherConnections = 45;

    public Task WarmUpAsync(int connections, TimeSpan length) =>
        ClosedLoop.RunAsync(api.Address, requestsOf, status, connections, length, bench.Cancellation);

    public async Task BesidePgbenchAsync(int connections, Target? target)
    {
        var latencies = new Latencies();
        var contestants = new List<Contestant> { new(what, () => RequestsAsync(connections, latencies)) };
        if (bench.Servers.Pgbench is { } pgbench)
        {
            var clients = await ClientsAsync(connections);
            contestants.Add(new(Baseline, async () =>
            {
                await PrepareAsync();
                return await Pgbench.RunAsync(
                    pgbench, script, system.Database, clients, bench.Sizes.ApiSlice, bench.Cancellation);
            }));
        }

        var rounds = await Rounds.RunAsync(
            $"api, {what}, {connections} connections", bench.Sizes.ApiRounds, contestants);
        var figure = new Figure(Name, $"{what}, {connections} connections",
            $"{Text.Rate(rounds.Median(what))}, p50 {Text.Milliseconds(latencies.Percentile(50))}, "
            + $"p99 {Text.Milliseconds(latencies.Percentile(99))}");
        bench.Report.Add(!rounds.Has(Baseline)
            ? figure
            : figure.Beside(rounds.Ratio(what, Baseline), Baseline, rounds.Median(Baseline), target));
    }

    public async Task BesideItselfWhileATransactionIsHeldAsync(int connections, Target target)
    {
        var rounds = await Rounds.RunAsync($"api, {what}, {Held}", bench.Sizes.ApiRounds,
            new(what, () => RequestsAsync(connections, new Latencies())),
            new(Held, () => RequestsAsync(connections, new Latencies(), holdsTransaction: true)));
        bench.Report.Add(new Figure(Name, $"{what}, {connections} connections, {Held}", Text.Rate(rounds.Median(Held)))
            .Beside(rounds.Ratio(Held, what), "without", rounds.Median(what), target));
    }

    private async Task<double> RequestsAsync(int connections, Latencies latencies, bool holdsTransaction = false)
    {
        await PrepareAsync();
        await using var held = holdsTransaction
            ? await HeldTransaction.OpenAsync(system.Database, bench.Cancellation)
            : null;
        var load = await ClosedLoop.RunAsync(
            api.Address, requestsOf, status, connections, bench.Sizes.ApiSlice, bench.Cancellation);
        latencies.Add(load.Latencies);
        return load.Rate;
    }

    private async Task PrepareAsync()
    {
        await system.Database.ExecuteAsync("TRUNCATE tickets, outbox", bench.Cancellation);
        await system.Database.ExecuteAsync(
            SampleSql.InsertTickets, bench.Cancellation, SampleSql.StoredTickets, SampleTexts.Title,
            SampleTexts.Description);
        await system.Database.ExecuteAsync("VACUUM ANALYZE tickets", bench.Cancellation);
        await system.Database.SettleAsync(bench.Cancellation);
    }

    /// <summary>pgbench wants a connection per client, and a server may have fewer.</summary>
    private async Task<int> ClientsAsync(int connections)
    {
        var most = int.Parse(
            await system.Database.ScalarAsync<string>("SHOW max_connections", bench.Cancellation), Text.Culture);
        var clients = Math.Clamp(most - OtherConnections, 1, connections);
        if (clients < connections)
        {
            bench.Report.Note(
                $"api: pgbench with {clients} clients instead of {connections}, as max_connections is {most}.");
        }

        return clients;
    }
}
