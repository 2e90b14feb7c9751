using System.Net;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>A broker that is away, slow or refusing; each test has one of its own.</summary>
public sealed class RelayOutageTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private static readonly (string, string)[] Impatient =
    [
        ("OutboxRelay__PublishTimeout", "00:00:00.500"), ("OutboxRelay__Backoff", "00:00:00.050"),
        ("OutboxRelay__MaxBackoff", "00:00:00.200"), ("OUTBOX_RELAY_MAX_ATTEMPTS", "2"),
    ];

    private KafkaServer _kafka = null!;
    private ServiceDeskSystem _system = null!;

    private LocalKafkaProcess Broker => _kafka.Breakable!;

    public async Task InitializeAsync()
    {
        _kafka = await KafkaServer.StartOwnAsync();
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1, _kafka);
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _kafka.DisposeAsync();
    }

    [Fact]
    public async Task While_the_broker_is_away_nothing_fails_and_afterwards_everything_is_delivered()
    {
        var relay = await _system.StartRelayAsync(Impatient);
        await Broker.GoDownAsync();
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 5);

        // Many more attempts than an event may use up.
        await Eventually.SeesAsync(
            "the relay tried again and again", relay.MetricsAsync, m => m.Sum("outbox_failed_total") >= 25);
        Assert.Equal(
            0,
            await _system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE status IN ('sent', 'failed')"));
        await Eventually.SeesAsync(
            "the relay is not ready", relay.ReadinessAsync, r => r.Status == HttpStatusCode.ServiceUnavailable);
        Assert.Equal("Healthy", await HealthAsync(relay));

        await Broker.ComeUpAsync();
        await _system.Database.AllAreSentAsync(5);
        Assert.Equal(1, await _system.Database.ScalarAsync<int>("SELECT max(attempts) FROM outbox"));
        Assert.Equal(await _system.Database.EventIdsAsync(), (await PublishedAsync()).Distinct());
        await relay.IsReadyAsync();
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_broker_has_acknowledged_it()
    {
        await _system.StartRelayAsync();
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        await _system.Database.AllAreSentAsync(1);

        // The producer is connected by now: all that is slow is the acknowledgement.
        await Broker.DelayAsync(TimeSpan.FromSeconds(2));
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        await _system.Database.AllAreSentAsync(2);

        Assert.True(await _system.Database.ScalarAsync<double>(
            "SELECT extract(epoch FROM sent_at - created_at)::float8 FROM outbox ORDER BY id DESC LIMIT 1") >= 2);
    }

    [Fact]
    public async Task An_event_that_the_broker_refuses_again_and_again_fails_with_a_dead_letter()
    {
        await Broker.FailNextAsync("produce", "POLICY_VIOLATION", 2);
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());

        await _system.StartRelayAsync(("OUTBOX_RELAY_MAX_ATTEMPTS", "2"));
        await Eventually.SeesAsync("it failed", _system.Database.StatusesAsync, s => s == "failed=1");

        Assert.Equal(2, await _system.Database.ScalarAsync<int>("SELECT attempts FROM outbox"));
        Assert.Empty(await _system.Events.ReadAllAsync());
        Assert.Equal("2", TestTopic.Header(Assert.Single(await _system.DeadLetters.ReadAllAsync()), "dlq_attempts"));
    }

    [Fact]
    public async Task A_refused_event_is_not_overtaken_by_the_next_one_of_its_ticket()
    {
        await Broker.FailNextAsync("produce", "POLICY_VIOLATION", 1);
        var ticket = Guid.CreateVersion7();
        await _system.Database.AddEventsAsync(ticket);
        await _system.StartRelayAsync(("OutboxRelay__Backoff", "00:00:02"), ("OutboxRelay__MaxBackoff", "00:00:02"));
        await Eventually.SeesAsync("the first is refused",
            () => _system.Database.ScalarAsync<long>(
                "SELECT count(*) FROM outbox WHERE status = 'pending' AND attempts = 1"), waiting => waiting == 1);

        await _system.Database.AddEventsAsync(ticket, count: 3);
        await _system.Database.AllAreSentAsync(4);

        Assert.Equal(await _system.Database.EventIdsAsync(), await PublishedAsync());
    }

    [Fact]
    public async Task An_event_under_way_when_its_relay_is_killed_is_published_by_another()
    {
        var killed = await _system.StartRelayAsync();
        await Broker.DelayAsync(TimeSpan.FromSeconds(5));
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        await Eventually.SeesAsync("it is under way", _system.Database.StatusesAsync, s => s == "processing=1");

        await killed.KillAsync();
        Assert.Equal("processing=1", await _system.Database.StatusesAsync());
        await Broker.DelayAsync(TimeSpan.Zero);
        await _system.StartRelayAsync([.. Impatient, ("OUTBOX_RELAY_PROCESSING_TIMEOUT", "2s")]);
        await _system.Database.AllAreSentAsync(1);

        Assert.Equal(await _system.Database.EventIdsAsync(), (await PublishedAsync()).Distinct());
    }

    [Fact]
    public async Task SIGTERM_while_the_broker_is_away_hands_the_events_back()
    {
        var relay = await _system.StartRelayAsync();
        await Broker.GoDownAsync();
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 3);
        await Eventually.SeesAsync("they are under way", _system.Database.StatusesAsync, s => s == "processing=3");

        Assert.Equal(0, await relay.StopAsync(TimeSpan.FromSeconds(10)));

        Assert.Equal("pending=3", await _system.Database.StatusesAsync());
    }

    private static async Task<string> HealthAsync(ServiceProcess service)
    {
        using var answer = await service.Http.GetAsync("healthz");
        return answer.IsSuccessStatusCode ? "Healthy" : $"{answer.StatusCode}";
    }

    /// <summary>One partition, so the order of the topic is the order of publishing.</summary>
    private async Task<IEnumerable<string>> PublishedAsync() =>
        (await _system.Events.ReadAllAsync()).Select(m => TestTopic.Header(m, "event_id")!);
}
