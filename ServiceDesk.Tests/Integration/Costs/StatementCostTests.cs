using System.Globalization;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Costs;

/// <summary>What an event costs Postgres, counted and not timed, so that it is the same on every machine.</summary>
public sealed class StatementCostTests : IAsyncLifetime
{
    private const int Tickets = 250;
    private const int EventsPerTicket = 4;
    private const int Count = Tickets * EventsPerTicket;

    private DatabaseServer _server = null!;
    private ServiceDeskSystem _system = null!;
    private ServersFixture _servers = null!;

    private TestDatabase Database => _system.Database;

    public async Task InitializeAsync()
    {
        _servers = new ServersFixture();
        await _servers.InitializeAsync();
        _server = await DatabaseServer.StartOwnAsync();
        // Nothing but what is measured writes or flushes.
        await _server.ExecuteAsync("ALTER SYSTEM SET autovacuum = off");
        await _server.ExecuteAsync("ALTER SYSTEM SET wal_writer_delay = '10s'");
        await _server.ExecuteAsync("SELECT pg_reload_conf()");
        _system = await ServiceDeskSystem.CreateOnAsync(_servers.Servers, await _server.CreateEmptyAsync());
        Assert.Equal(0, (await _system.MigrateAsync()).ExitCode);
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _server.DisposeAsync();
        await _servers.DisposeAsync();
    }

    /// <summary>Bytes of WAL: what a commit has to bring to disk, and a standby over the network.</summary>
    [Fact]
    public async Task An_event_writes_no_more_WAL_than_it_must()
    {
        await using var source = Connections(Database.Url);
        var outbox = new OutboxStore(source);
        var processed = new ProcessedEvents(source);
        await AddAsync();

        ClaimedBatch batch = null!;
        var claim = await WalAsync(async () => batch = await outbox.ClaimAsync(Count, default));
        Assert.Equal(Count, batch.Events.Count);
        var mark = await WalAsync(() => outbox.MarkSentAsync(batch.Token, Ids(batch), default));
        var apply = await WalAsync(() => processed.ApplyAsync(Effects(batch), default));
        var repeated = await WalAsync(() => processed.ApplyAsync(Effects(batch), default));

        string[] excess =
        [
            .. Excess("claim", claim, 200), .. Excess("mark", mark, 625), .. Excess("apply", apply, 780),
            .. Excess("apply again", repeated, 60),
        ];
        Assert.True(excess.Length == 0, string.Join(Environment.NewLine, excess));
    }

    [Fact]
    public async Task A_batch_takes_one_round_trip_to_claim_one_to_mark_and_one_to_process()
    {
        await using var forwarder = TcpForwarder.Start(_server.Own!.Port);
        await using var source = Connections(
            new UriBuilder(Database.Url) { Port = forwarder.Port }.Uri.AbsoluteUri);
        var outbox = new OutboxStore(source);
        var processed = new ProcessedEvents(source);
        var least = new Dictionary<string, int>();
        // The first rounds log in and prepare the statements. A late answer can only add to what is counted.
        for (var round = 0; round < 6; round++)
        {
            await AddAsync();
            ClaimedBatch batch = null!;
            await TripsAsync("claim", async () => batch = await outbox.ClaimAsync(Count, default));
            await TripsAsync("mark", () => outbox.MarkSentAsync(batch.Token, Ids(batch), default));
            await TripsAsync("process", () => processed.ApplyAsync(Effects(batch), default));
        }

        Assert.Equal(new Dictionary<string, int> { ["claim"] = 1, ["mark"] = 1, ["process"] = 1 }, least);

        async Task TripsAsync(string what, Func<Task> act)
        {
            var before = forwarder.RoundTrips;
            await act();
            var trips = forwarder.RoundTrips - before;
            least[what] = Math.Min(trips, least.GetValueOrDefault(what, trips));
        }
    }

    /// <summary>As the table in docs/how-it-works.md has it.</summary>
    [Fact]
    public async Task A_claim_does_not_wait_for_the_disk_and_what_must_not_be_lost_does()
    {
        await using var source = Connections(Database.Url);
        var outbox = new OutboxStore(source);
        await AddAsync();
        Assert.True(await IsFlushedAsync(), "the events are not on disk");

        var batch = await outbox.ClaimAsync(Count, default);
        Assert.False(await IsFlushedAsync(), "the claim waited for the disk");

        await outbox.MarkSentAsync(batch.Token, Ids(batch), default);
        Assert.True(await IsFlushedAsync(), "what was sent is not on disk");

        await new ProcessedEvents(source).ApplyAsync(Effects(batch), default);
        Assert.True(await IsFlushedAsync(), "the effects are not on disk");
    }

    /// <summary>Statistics are from another time than the queue is, so the planner must have no choice.</summary>
    [Fact]
    public async Task The_queue_can_be_read_by_id_in_one_way_only() => Assert.Equal(
        "outbox_unsent_pkey",
        await Database.ScalarAsync<string>(
            """
            SELECT string_agg(i.indexrelid::regclass::text, ' ')
            FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indexrelid
            WHERE i.indrelid = 'outbox_unsent'::regclass AND a.attname = 'id'
            """));

    /// <summary>A relay that has been idle has its plans from an empty queue, when many events come at once.</summary>
    [Fact]
    public async Task A_plan_from_an_empty_queue_is_as_good_in_a_deep_one()
    {
        const int Deep = 5_000;
        const int Limit = 500;
        (string Name, string Sql, string Arguments)[] statements =
        [
            ("claim", OutboxSql.Claim, $"gen_random_uuid(), 0, {4 * Limit}, {Limit}, 16777216, '{{}}', '{{}}', false"),
            ("reap", OutboxSql.Reap, $"'0 seconds', 0, {10 * Deep}, '{{}}'"),
            ("delete_sent", OutboxSql.DeleteSent, $"0, '0 seconds', {Limit}"),
        ];
        await using var source = Connections(Database.Url);
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync("VACUUM ANALYZE outbox");
        await RunAsync("SET plan_cache_mode = force_generic_plan");
        foreach (var (name, sql, arguments) in statements)
        {
            await RunAsync($"PREPARE {name} AS {sql}");
            await RunAsync($"EXECUTE {name}({arguments})");
        }

        await Database.AddEventsAsync(Guid.CreateVersion7(), Deep);
        await Database.ExecuteAsync("UPDATE outbox SET status = 'sent', sent_at = now()");
        await Database.AddEventsAsync(Guid.CreateVersion7(), Deep);

        var excess = new List<string>();
        foreach (var (name, _, arguments) in statements)
        {
            await using var execute = new NpgsqlCommand($"EXECUTE {name}({arguments})", connection);
            var rows = (await QueryPlan.ExplainAsync(execute)).Sum(QueryPlan.Rows);
            // Each step of a statement may come by each row once.
            excess.AddRange(rows > 10 * Deep ? [$"{name} came by {rows} rows"] : []);
        }

        Assert.True(excess.Count == 0, string.Join(Environment.NewLine, excess));

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static NpgsqlDataSource Connections(string url) => NpgsqlDataSource.Create(DatabaseExtensions.WithOptions(
        DatabaseExtensions.WithDefaults(PostgresUrl.ToConnectionString(url), "tests"), OutboxSql.PlannerOptions));

    private static long[] Ids(ClaimedBatch batch) => [.. batch.Events.Select(e => e.Id)];

    private static List<TicketEvent> Effects(ClaimedBatch batch) =>
    [
        .. batch.Events.Select(e => new TicketEvent(
            e.EventId, EventTypes.TicketCreated, e.CreatedAt, "ticket", e.AggregateId, "test", "Printer on fire",
            default)),
    ];

    private static IEnumerable<string> Excess(string what, double perEvent, double most)
    {
        if (perEvent > most)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{what}: {perEvent:0.0} bytes an event, more than {most:0}");
        }
    }

    private async Task AddAsync()
    {
        for (var ticket = 0; ticket < Tickets; ticket++)
        {
            await Database.AddEventsAsync(Guid.CreateVersion7(), EventsPerTicket);
        }
    }

    /// <returns>Bytes of WAL for each event.</returns>
    private async Task<double> WalAsync(Func<Task> act)
    {
        const string Position = "SELECT pg_current_wal_insert_lsn() - '0/0'";
        var before = await Database.ScalarAsync<decimal>(Position);
        await act();
        return (double)(await Database.ScalarAsync<decimal>(Position) - before) / Count;
    }

    private Task<bool> IsFlushedAsync() =>
        Database.ScalarAsync<bool>("SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()");
}
