using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>POST /tickets in a closed loop beside pgbench with the same inserts; then GET.</summary>
internal static class ApiCase
{
    private const string Name = "api";
    private const string Api = "POST /tickets";
    private const string Baseline = "pgbench";
    private const int StoredTickets = 20_000;
    private const int RequestedTickets = 1_000;

    /// <summary>Connections that the server keeps for others: its own reserve, the API's pool, ours.</summary>
    private const int OtherConnections = 45;

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var api = await system.StartAsync(ServicePrograms.TicketApi, bench.Cancellation);
        await ClosedLoop.RunAsync(
            api.Address, [HttpRequests.CreateTicket(api.Address)], 201, 64, bench.Sizes.ApiWarmUp, bench.Cancellation);
        bench.Report.Note(
            "api: no relay runs meanwhile; tables are emptied before each measurement; "
            + "pgbench with -M prepared and -j 2, its first seconds left out.");
        if (bench.Servers.Pgbench is null)
        {
            Console.WriteLine(Pgbench.Missing);
            bench.Report.Note($"api: {Pgbench.Missing}.");
        }

        await CreateAsync(bench, system, api, connections: 32, new Target(AtLeast: 0.8, Reach: 1.2));
        await CreateAsync(bench, system, api, connections: 128, target: null);
        await ReadAsync(bench, system, api);
    }

    private static async Task CreateAsync(
        BenchRun bench, BenchSystem system, ServiceRun api, int connections, Target? target)
    {
        var latencies = new Latencies();
        var request = HttpRequests.CreateTicket(api.Address);
        var contestants = new List<Contestant>
        {
            new(Api, async () =>
            {
                await EmptyAsync(bench, system);
                var load = await ClosedLoop.RunAsync(
                    api.Address, [request], 201, connections, bench.Sizes.ApiSlice, bench.Cancellation);
                latencies.Add(load.Latencies);
                return load.Rate;
            }),
        };
        if (bench.Servers.Pgbench is { } pgbench)
        {
            var clients = await ClientsAsync(bench, system, connections);
            contestants.Add(new(Baseline, async () =>
            {
                await EmptyAsync(bench, system);
                return await Pgbench.RunAsync(
                    pgbench, system.Database, clients, bench.Sizes.ApiSlice, bench.Cancellation);
            }));
        }

        var rounds = await Rounds.RunAsync($"api, {connections} connections", bench.Sizes.ApiRounds, contestants);
        var figure = new Figure(Name, $"{Api}, {connections} connections",
            $"{Text.Rate(rounds.Median(Api))}, p50 {Text.Milliseconds(latencies.Percentile(50))}, "
            + $"p99 {Text.Milliseconds(latencies.Percentile(99))}");
        bench.Report.Add(!rounds.Has(Baseline)
            ? figure
            : figure.Beside(rounds.Ratio(Api, Baseline), Baseline, rounds.Median(Baseline), target));
    }

    private static async Task ReadAsync(BenchRun bench, BenchSystem system, ServiceRun api)
    {
        await EmptyAsync(bench, system);
        await system.Database.ExecuteAsync(
            SampleSql.InsertTickets, bench.Cancellation, StoredTickets, SampleTexts.Title, SampleTexts.Description);
        await system.Database.ExecuteAsync("VACUUM ANALYZE tickets", bench.Cancellation);
        var ids = await system.Database.ScalarAsync<Guid[]>(
            "SELECT array_agg(id) FROM (SELECT id FROM tickets ORDER BY random() LIMIT $1) AS chosen",
            bench.Cancellation, RequestedTickets);

        await ReadAsync(
            bench, api, "GET /tickets/{id}", [.. ids.Select(id => HttpRequests.Get(api.Address, $"/tickets/{id}"))]);
        await ReadAsync(bench, api, "GET /tickets?limit=50", [HttpRequests.Get(api.Address, "/tickets?limit=50")]);
    }

    private static async Task ReadAsync(BenchRun bench, ServiceRun api, string what, byte[][] requests)
    {
        var latencies = new Latencies();
        await ClosedLoop.RunAsync(api.Address, requests, 200, 32, bench.Sizes.ApiWarmUp / 2, bench.Cancellation);
        var rounds = await Rounds.RunAsync(
            "api, 32 connections", bench.Sizes.ApiRounds, new Contestant(what, async () =>
            {
                var load = await ClosedLoop.RunAsync(
                    api.Address, requests, 200, 32, bench.Sizes.ApiSlice, bench.Cancellation);
                latencies.Add(load.Latencies);
                return load.Rate;
            }));
        bench.Report.Add(new Figure(Name, $"{what}, 32 connections",
            $"{Text.Rate(rounds.Median(what))}, p50 {Text.Milliseconds(latencies.Percentile(50))}, "
            + $"p99 {Text.Milliseconds(latencies.Percentile(99))}"));
    }

    /// <summary>pgbench wants a connection per client, and a server may have fewer.</summary>
    private static async Task<int> ClientsAsync(BenchRun bench, BenchSystem system, int connections)
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

    private static async Task EmptyAsync(BenchRun bench, BenchSystem system)
    {
        await system.Database.ExecuteAsync("TRUNCATE tickets, outbox", bench.Cancellation);
        await system.Database.SettleAsync(bench.Cancellation);
    }
}
