using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>Requests in a closed loop, each kind beside pgbench with the same statements.</summary>
internal static class ApiCase
{
    private const int Connections = 32;

    /// <summary>Each connection changes tickets of its own, to and fro.</summary>
    private const int TicketsOfAConnection = 100;

    private static readonly string[] ToAndFro = ["in_progress", "open"];
    private static readonly Target ForReads = new(AtLeast: 0.6, Reach: 0.9);
    private static readonly Target UnderAHeldTransaction = new(AtLeast: 0.95, Reach: 1);

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var api = await system.StartAsync(ServicePrograms.TicketApi, bench.Cancellation);
        bench.Report.Note(
            $"api: no relay runs meanwhile; before each measurement there are {SampleSql.StoredTickets:N0} tickets and "
            + "no events; pgbench with -M prepared and -j 2, its first seconds left out.");
        if (bench.Servers.Pgbench is null)
        {
            Console.WriteLine(Pgbench.Missing);
            bench.Report.Note($"api: {Pgbench.Missing}.");
        }

        var create = new ApiRace(bench, system, api, "POST /tickets", 201, Pgbench.CreateTicket,
            _ => [HttpRequests.CreateTicket(api.Address)]);
        await create.WarmUpAsync(2 * Connections, bench.Sizes.ApiWarmUp);
        await create.BesidePgbenchAsync(Connections, new Target(AtLeast: 0.8, Reach: 1.2));
        await create.BesidePgbenchAsync(4 * Connections, target: null);
        await create.BesideItselfWhileATransactionIsHeldAsync(Connections, UnderAHeldTransaction);

        var change = new ApiRace(bench, system, api, "PATCH /tickets/{id}", 200, Pgbench.ChangeTicket,
            connection => ChangesOf(api, connection));
        await change.BesidePgbenchAsync(Connections, new Target(AtLeast: 0.8, Reach: 1.5));
        await change.BesideItselfWhileATransactionIsHeldAsync(Connections, UnderAHeldTransaction);

        var get = new ApiRace(bench, system, api, "GET /tickets/{id}", 200, Pgbench.GetTicket,
            connection => ReadsOf(api, connection));
        await get.BesidePgbenchAsync(Connections, ForReads);
        var list = new ApiRace(bench, system, api, "GET /tickets?limit=50", 200, Pgbench.ListTickets,
            _ => [HttpRequests.Get(api.Address, "/tickets?limit=50")]);
        await list.BesidePgbenchAsync(Connections, ForReads);
    }

    /// <summary>All of its tickets are taken up, and then all put back.</summary>
    private static List<byte[]> ChangesOf(ServiceRun api, int connection) =>
    [
        .. from status in ToAndFro
           from number in Enumerable.Range(1 + (connection * TicketsOfAConnection), TicketsOfAConnection)
           select HttpRequests.ChangeStatus(api.Address, SampleSql.IdOf(number), status),
    ];

    private static List<byte[]> ReadsOf(ServiceRun api, int connection)
    {
        var random = new Random(connection);
        return
        [
            .. Enumerable.Range(0, TicketsOfAConnection).Select(_ => HttpRequests.Get(
                api.Address, $"/tickets/{SampleSql.IdOf(random.Next(1, SampleSql.StoredTickets + 1))}")),
        ];
    }
}
