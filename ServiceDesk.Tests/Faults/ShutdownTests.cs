using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>SIGTERM under load: work in flight is finished or handed back in 10 s, and nothing is done twice.</summary>
[Collection(NothingBeside.Name)]
public sealed class ShutdownTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private const int Many = 8_000;
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_relay_leaves_nothing_in_processing_and_no_duplicate()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 12);
        system.Settings["OutboxRelay__BatchSize"] = "100";
        await SeededOutbox.AddAsync(system.Database, Many, changes: 1);
        var relay = await system.StartRelayAsync();
        await Eventually.SeesAsync(
            "the relay is busy", () => SeededOutbox.CountAsync(system.Database, "sent"), sent => sent > 0);

        Assert.Equal(0, await relay.StopAsync(Promise));

        Assert.Equal(0, await SeededOutbox.CountAsync(system.Database, "processing"));
        Assert.True(await SeededOutbox.CountAsync(system.Database, "pending") > 0, "it was not under load");

        await system.StartRelayAsync();
        await SeededOutbox.IsSettledAsync(system.Database, Limit);
        var published = await PublishedOrder.ReadAsync(system);
        published.IsComplete();
        published.HasNoDuplicate();
    }

    [LocalBrokerFact]
    public async Task A_relay_hands_back_what_the_broker_does_not_acknowledge_in_time()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        await SeededOutbox.AddAsync(system.Database, tickets: 10, changes: 1);
        var broker = servers.Servers.Kafka.Breakable!;
        var relay = await system.StartRelayAsync();
        await SeededOutbox.IsSettledAsync(system.Database, Limit);
        await broker.DelayAsync(TimeSpan.FromSeconds(30));
        try
        {
            await SeededOutbox.AddAsync(system.Database, tickets: 10, changes: 1);
            await Eventually.SeesAsync(
                "a batch is in flight",
                () => SeededOutbox.CountAsync(system.Database, "processing"), count => count == 10);

            Assert.Equal(0, await relay.StopAsync(Promise));
        }
        finally
        {
            await broker.ClearFaultsAsync();
        }

        Assert.Equal(10, await SeededOutbox.CountAsync(system.Database, "pending"));
    }

    [Fact]
    public async Task A_notifier_commits_what_it_has_done()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 12);
        system.Settings["Notifier__BatchSize"] = "20";
        await SeededTopic.AddAsync(system.Events, Many);
        var notifier = await system.StartNotifierAsync();
        await Eventually.SeesAsync(
            "the notifier is busy", () => SeededTopic.EffectsAsync(system.Database), done => done > 0);

        Assert.Equal(0, await notifier.StopAsync(Promise));

        Assert.True(await SeededTopic.EffectsAsync(system.Database) < Many, "it was not under load");
        var successor = await system.StartNotifierAsync();
        await Eventually.SeesAsync(
            "the next one does the rest", () => SeededTopic.EffectsAsync(system.Database), done => done == Many, Limit);
        Assert.Equal(0, (await successor.MetricsAsync()).Sum("notify_processed_total", ("status", "duplicate")));
    }
}
