using System.Text;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>Messages that are no events, on a failing broker: the notifier keeps its place in the group, each message
/// becomes one dead letter, and the events behind them pass.</summary>
public sealed class ForeignMessageTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private const string OutOfGroup = "maximum poll interval";
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(700);

    [LocalBrokerFact]
    public async Task Many_of_them_and_a_slow_broker_do_not_cost_the_place_in_the_group()
    {
        const int Count = 100;
        await using var system = await ImpatientGroupAsync();
        await system.Events.WriteAsync(
            [.. Enumerable.Range(0, Count).Select(i => TicketEvents.Message($"foreign {i}", "not json"))]);
        await system.Events.WriteAsync(SeededTopic.Event(Guid.NewGuid(), Guid.NewGuid()));
        await Broker.DelayAsync(RoundTrip);
        // Its first probe of readiness would be late, too.
        var notifier = await system.StartNotReadyAsync(ServiceProcess.Notifier);

        await Eventually.SeesAsync(
            "all is committed", notifier.MetricsAsync, m => m.Sum("notify_committed_total") == Count + 1);
        await Broker.ClearFaultsAsync();

        Assert.Equal(Count, (await system.DeadLetters.ReadAllAsync()).Count);
        Assert.Equal(1, await SeededTopic.EffectsAsync(system.Database));
        Assert.DoesNotContain(OutOfGroup, notifier.Output.Text, StringComparison.OrdinalIgnoreCase);
    }

    [LocalBrokerFact]
    public async Task A_batch_that_takes_longer_than_the_group_waits_for_a_poll_is_processed_once()
    {
        const int Events = 20;
        await using var system = await ImpatientGroupAsync();
        system.Settings["ConnectionStrings__servicedesk"] =
            $"{PostgresUrl.ToConnectionString(system.Database.Url)};Command Timeout=60";
        var notifier = await system.StartNotifierAsync();
        await using (var connection = await system.Database.Source.OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                "LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE", connection, held);
            await hold.ExecuteNonQueryAsync();
            await SeededTopic.AddAsync(system.Events, Events);
            // Longer than the group waits; nothing tells when a member would have been put out.
            await Task.Delay(TimeSpan.FromSeconds(9));
        }

        var metrics = await Eventually.SeesAsync(
            "all is committed", notifier.MetricsAsync, m => m.Sum("notify_committed_total") == Events);

        Assert.Equal(Events, metrics.Sum("notify_processed_total", ("status", "ok")));
        Assert.Equal(0, metrics.Sum("notify_processed_total", ("status", "duplicate")));
        Assert.DoesNotContain(OutOfGroup, notifier.Output.Text, StringComparison.OrdinalIgnoreCase);
        // Its partitions are not left paused.
        await SeededTopic.AddAsync(system.Events, Events);
        await Eventually.SeesAsync(
            "the next ones pass", () => SeededTopic.EffectsAsync(system.Database), count => count == 2 * Events);
    }

    [LocalBrokerFact]
    public async Task Letters_that_the_broker_has_are_not_written_again_because_others_failed()
    {
        const int Count = 12;
        await using var system = await StartAsync();
        // All in one notifier batch, and so large that each letter is a request of its own, one of them refused.
        system.Settings["Notifier__MaxBatchAge"] = "00:00:03";
        var large = new byte[40_000];
        await system.Events.WriteAsync([.. Enumerable.Range(0, Count).Select(i => Foreign($"foreign {i}", large))]);
        await Broker.FailNextAsync("produce", "TOPIC_AUTHORIZATION_FAILED", 1);
        var notifier = await system.StartNotifierAsync();

        await Eventually.SeesAsync(
            "all is committed", notifier.MetricsAsync, m => m.Sum("notify_committed_total") == Count);

        var letters = await system.DeadLetters.ReadAllAsync();
        Assert.Equal(Count, letters.Select(l => TestTopic.Header(l, "dlq_offset")).Distinct().Count());
        Assert.Equal(Count, letters.Count);
        Assert.True(
            (await notifier.MetricsAsync()).Sum("notify_errors_total", ("reason", "dead_letter")) > 0,
            "nothing was refused, so nothing was shown");
    }

    [LocalBrokerTheory]
    [InlineData("OUT_OF_ORDER_SEQUENCE_NUMBER")]
    [InlineData("UNKNOWN_PRODUCER_ID")]
    [InlineData("INVALID_PRODUCER_EPOCH")]
    public async Task A_producer_that_the_broker_has_forgotten_is_replaced(string error)
    {
        await using var system = await StartAsync();
        var notifier = await system.StartNotifierAsync();
        await system.Events.WriteAsync(TicketEvents.Message("before", "not json"));
        await system.DeadLetters.ReadAtLeastAsync(1);

        await BehindItsBackAsync(notifier, async () =>
        {
            await system.Events.WriteAsync(
                TicketEvents.Message("foreign", "not json"), SeededTopic.Event(Guid.NewGuid(), Guid.NewGuid()));
            await Broker.FailNextAsync("produce", error, 1);
        });

        await Eventually.SeesAsync(
            "the event beside it has its effect", () => SeededTopic.EffectsAsync(system.Database), count => count == 1);
        await system.DeadLetters.ReadAtLeastAsync(2);
        await Eventually.SeesAsync(
            "all is committed", notifier.MetricsAsync, m => m.Sum("notify_committed_total") == 3);
        await notifier.IsReadyAsync();
    }

    [LocalBrokerFact]
    public async Task While_nobody_takes_its_dead_letters_it_says_so_and_events_pass()
    {
        await using var system = await StartAsync();
        var notifier = await system.StartNotifierAsync();
        await BehindItsBackAsync(notifier, async () =>
        {
            await system.Events.WriteAsync(
                TicketEvents.Message("foreign", "not json"), SeededTopic.Event(Guid.NewGuid(), Guid.NewGuid()));
            await Broker.FailNextAsync("produce", "TOPIC_AUTHORIZATION_FAILED", 10_000);
        });

        await Eventually.SeesAsync("readiness names it", notifier.ReadinessAsync, r =>
            r.Body.Contains("the dead letter of", StringComparison.Ordinal));
        await Eventually.SeesAsync(
            "the event beside it has its effect", () => SeededTopic.EffectsAsync(system.Database), count => count == 1);
        Assert.NotEmpty(notifier.Log("Partition 0 waits"));

        await Broker.ClearFaultsAsync();
        await notifier.IsReadyAsync();
        Assert.Single(await system.DeadLetters.ReadAtLeastAsync(1));
    }

    /// <summary>Done while the notifier is stopped, so that a fault hits it and not the test's own clients.</summary>
    private static async Task BehindItsBackAsync(ServiceProcess notifier, Func<Task> act)
    {
        notifier.Freeze();
        await act();
        notifier.Thaw();
    }

    private LocalKafkaProcess Broker => servers.Servers.Kafka.Breakable!;

    private async Task<ServiceDeskSystem> StartAsync()
    {
        await Broker.ClearFaultsAsync();
        return await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 1);
    }

    /// <summary>A group that puts out a member which does not poll for six seconds.</summary>
    private async Task<ServiceDeskSystem> ImpatientGroupAsync()
    {
        var system = await StartAsync();
        system.Settings["KafkaClient__session.timeout.ms"] = "6000";
        system.Settings["KafkaClient__max.poll.interval.ms"] = "6000";
        return system;
    }

    private static Message<byte[], byte[]> Foreign(string key, byte[] value) =>
        new() { Key = Encoding.UTF8.GetBytes(key), Value = value };
}
