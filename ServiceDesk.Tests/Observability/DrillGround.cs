using System.Collections.Concurrent;
using Npgsql;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Integration.Http;

namespace ServiceDesk.Tests.Observability;

/// <summary>What the drills break, and how.</summary>
internal sealed class DrillGround : IAsyncDisposable
{
    private const string AnyClaimed = "SELECT EXISTS (SELECT FROM outbox WHERE status = 'processing')";

    private const string NoneIsLate =
        """
        SELECT NOT EXISTS (
            SELECT FROM outbox
            WHERE status IN ('pending', 'processing') AND created_at < now() - interval '2 seconds')
        """;

    /// <summary>As many connections as an API's pool has, and more.</summary>
    private const int Changers = 80;

    /// <summary>Characters that the outbox takes, and no message of this fleet.</summary>
    private const int TooLarge = 250_000;

    private readonly TestServers _servers;
    private readonly ServiceDeskSystem _system;
    private readonly TokenAuthority _authority;
    private readonly ServiceProcess _guardedApi;
    private NpgsqlConnection? _lock;

    private DrillGround(
        TestServers servers, ServiceDeskSystem system, Fleet fleet, TokenAuthority authority, ServiceProcess guardedApi)
    {
        (_servers, _system, Fleet) = (servers, system, fleet);
        (_authority, _guardedApi) = (authority, guardedApi);
    }

    public Fleet Fleet { get; }

    /// <summary>By job.</summary>
    public ILookup<string, string> Endpoints() =>
        Fleet.Endpoints().SelectMany(job => job.Select(endpoint => (Job: job.Key, Endpoint: endpoint)))
            .Append((Job: "guarded-api", Endpoint: _guardedApi.Http.BaseAddress!.Authority))
            .ToLookup(e => e.Job, e => e.Endpoint);

    private LocalKafkaProcess Broker => _servers.Kafka.Breakable!;

    private IStoppableDatabaseServer Postgres => _servers.Postgres.Stoppable!;

    public static async Task<DrillGround> StartAsync(ChaosSettings chaos, TestServers servers)
    {
        var system = await ServiceDeskSystem.CreateAsync(servers, chaos.Partitions);
        system.Settings["KafkaClient__message.max.bytes"] = "200000";
        var authority = new TokenAuthority();
        var guardedApi = await system.StartTicketApiAsync(
            ("Auth__Authority", authority.Address), ("SSL_CERT_FILE", authority.CertificateFile));
        return new DrillGround(
            servers, system, await Fleet.StartAsync(chaos, system, servers.Kafka), authority, guardedApi);
    }

    /// <summary>Callers as in the chaos run.</summary>
    public async Task LoadAsync(ChaosSettings chaos, CancellationToken stop)
    {
        using var api = new ApiCaller(Fleet);
        var asked = new ConcurrentQueue<RequestedChange>();
        await Task.WhenAll(Enumerable.Range(1, chaos.Callers).Select(number =>
            new Caller(api, asked, chaos.Pace, new Random(number)).RunAsync(stop)));
    }

    /// <summary>Events that had their effect so far.</summary>
    public Task<long> EffectsAsync() => _system.Database.ScalarAsync<long>("SELECT count(*) FROM notifications");

    public IEnumerable<AlertDrill> Drills() =>
    [
        new("a message that cannot be processed", ["NotifierDeadLetter"], [], PlantPoisonAsync, NothingAsync),
        new("an event that cannot be published", ["OutboxEventFailed"], [], AddTooLargeAsync, NothingAsync),
        new("ids given out twice", ["OutboxSequenceBehind"], ["OutboxEventFailed", "ApiErrors"],
            () => _system.Database.ExecuteAsync("SELECT setval('outbox_id_seq', last_value - 1000) FROM outbox_id_seq"),
            () => _system.Database.ExecuteAsync(
                "SELECT setval('outbox_id_seq', (SELECT max(id) + 1000 FROM outbox))")),
        new("all relays killed", ["OutboxRelayAbsent", "ServiceDown"],
            ["OutboxLag", "OutboxStuck", "OutboxLeasesExpire"],
            () => KillAsync(ServiceProcess.OutboxRelay), RestartRelaysAsync),
        new("all notifiers killed", ["NotifierAbsent", "ServiceDown"], ["NotifierStuck"],
            () => KillAsync(ServiceProcess.Notifier), () => RestartAsync(ServiceProcess.Notifier)),
        new("a relay frozen beyond its lease, then awake", ["OutboxLeasesExpire", "OutboxClaimsLost", "ServiceDown"],
            ["OutboxLag", "OutboxStuck", "OutboxRelayAbsent", "ServiceNotReady"], FreezeAsync,
            () => Fleet.Of(ServiceProcess.OutboxRelay)[2].StartAsync()),
        new("the broker away", ["OutboxLag", "OutboxStuck", "ServiceNotReady"],
            ["NotifierStuck", "NotifierErrors", "NotifierPartitionRetrying", "OutboxLeasesExpire", "OutboxClaimsLost"],
            () => Broker.GoDownAsync(), () => Broker.ComeUpAsync()),
        new("Postgres away", ["ApiErrors", "ServiceNotReady"],
            [
                "NotifierStuck", "NotifierErrors", "NotifierPartitionRetrying", "OutboxLag", "OutboxStuck",
                "OutboxLeasesExpire", "OutboxClaimsLost", "DatabasePoolExhausted",
            ],
            () => Postgres.StopAsync(), () => Postgres.StartAsync()),
        new("the notifications locked", ["NotifierStuck", "NotifierPartitionRetrying"], ["NotifierErrors"],
            () => LockAsync("LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE"), UnlockAsync),
        // What was posted into the lock is late when it is committed: its time is that of its transaction's begin.
        new("the tickets locked", ["ApiErrors"], ["ServiceNotReady", "OutboxLag"],
            () => LockAsync("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE"), UnlockAsync),
        new("every ticket held by a transaction", ["DatabasePoolExhausted"], ["ApiErrors", "ServiceNotReady"],
            ChangeHeldAsync, UnlockAsync),
        new("the token authority away", ["TokenAuthorityUnavailable"], ["ApiErrors"], AskWithTokenAsync, NothingAsync),
    ];

    public async ValueTask DisposeAsync()
    {
        await UnlockAsync();
        await Fleet.DisposeAsync();
        await _authority.DisposeAsync();
        await _system.DisposeAsync();
    }

    private static Task NothingAsync() => Task.CompletedTask;

    private Task PlantPoisonAsync() =>
        _system.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), Guid.CreateVersion7()));

    private Task<long[]> AddTooLargeAsync() =>
        _system.Database.AddEventsAsync(Guid.CreateVersion7(), title: new string('x', TooLarge));

    private Task KillAsync(string project) => Task.WhenAll(Fleet.Of(project).Select(m => m.KillAsync()));

    private Task RestartAsync(string project) => Task.WhenAll(Fleet.Of(project).Select(m => m.StartAsync()));

    /// <summary>What waited meanwhile is late until it is published, and no alert of the next fault's.</summary>
    private async Task RestartRelaysAsync()
    {
        await RestartAsync(ServiceProcess.OutboxRelay);
        await Eventually.IsTrueAsync("the relays have caught up", () => _system.Database.ScalarAsync<bool>(NoneIsLate));
    }

    /// <summary>One relay is alone when it freezes, so that the claims are its own; the broker's slow answers see to it
    /// that there are some. Another one finds them when their lease is over.</summary>
    private async Task FreezeAsync()
    {
        var relays = Fleet.Of(ServiceProcess.OutboxRelay);
        await Task.WhenAll(relays.Skip(1).Select(r => r.KillAsync()));
        await Broker.DelayAsync(TimeSpan.FromMilliseconds(400));
        var frozen = await relays[0].RunningAsync();
        await Eventually.IsTrueAsync("it freezes while it holds claims", async () =>
        {
            frozen.Freeze();
            if (await _system.Database.ScalarAsync<bool>(AnyClaimed))
            {
                return true;
            }

            frozen.Thaw();
            return false;
        });
        await relays[1].StartAsync();
        var other = await relays[1].RunningAsync();
        await Eventually.SeesAsync("its claims are taken", other.MetricsAsync, m => m.Sum("outbox_reaped_total") > 0);
        frozen.Thaw();
        await Broker.DelayAsync(TimeSpan.Zero);
    }

    private async Task LockAsync(string statement)
    {
        _lock = await _system.Database.Source.OpenConnectionAsync();
        await using var take = new NpgsqlCommand($"BEGIN; {statement}", _lock);
        await take.ExecuteNonQueryAsync();
    }

    private async Task UnlockAsync()
    {
        if (_lock is { } held)
        {
            _lock = null;
            await held.DisposeAsync();
        }
    }

    /// <summary>Each change waits for its ticket in a session of its own.</summary>
    private async Task ChangeHeldAsync()
    {
        await LockAsync("SELECT FROM tickets FOR UPDATE");
        var tickets = await _system.Database.RowsAsync(
            row => row.GetGuid(0), "SELECT id FROM tickets ORDER BY id LIMIT $1", Changers);
        using var http = new HttpClient { BaseAddress = Fleet.Of(ServiceProcess.TicketApi)[0].Address };
        var client = new TicketClient(http);
        await Task.WhenAll(tickets.Select(id => client.ChangeStatusAsync(id.ToString(), "in_progress")));
    }

    private Task<Answer> AskWithTokenAsync() => new TicketClient(_guardedApi.Http).PostAsync(
        new { title = "Printer on fire" }, ("Authorization", $"Bearer {_authority.CreateToken()}"));
}
