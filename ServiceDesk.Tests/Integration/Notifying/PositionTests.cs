using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Notifying;

/// <summary>P2 when the position in the topic is lost, or is that of another topic of the same name.</summary>
public sealed class PositionTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private const int Events = 10;

    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync() =>
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task An_effect_that_is_there_makes_its_event_a_duplicate_even_when_the_event_is_forgotten()
    {
        await WriteAsync(Events);
        var first = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync($"done={Events}");
        await first.StopAsync(TimeSpan.FromSeconds(10));
        await _system.Database.ExecuteAsync("DELETE FROM processed_events");

        var second = await _system.StartNotifierAsync(("KAFKA_GROUP_ID", "a-new-group"), ("NOTIFY_MAX_ATTEMPTS", "1"));
        await WriteAsync(1);
        await _system.Database.ProcessedBecomesAsync($"done={Events + 1}");

        Assert.Equal(Events + 1, (await _system.Database.NotificationsAsync()).Count);
        Assert.Empty(await _system.DeadLetters.ReadAllAsync());
        var metrics = await second.MetricsAsync();
        Assert.Equal((1, Events), (
            metrics.Sum("notify_processed_total", ("status", "ok")),
            metrics.Sum("notify_processed_total", ("status", "duplicate"))));
    }

    [Fact]
    public async Task A_position_of_another_topic_of_the_same_name_is_not_used()
    {
        await WriteAsync(Events);
        var first = await _system.StartNotifierAsync();
        var topic = await Eventually.SeesAsync(
            "it remembers which topic it reads", TopicIdsAsync, ids => ids.Count == 1);
        await _system.Database.ProcessedBecomesAsync($"done={Events}");
        await first.StopAsync(TimeSpan.FromSeconds(10));
        await _system.Database.ExecuteAsync("UPDATE consumed_topics SET topic_id = gen_random_uuid()");

        var second = await _system.StartNotifierAsync();

        await Eventually.SeesAsync("it reads all again", second.MetricsAsync, m =>
            m.Sum("notify_processed_total", ("status", "duplicate")) == Events);
        await Eventually.SeesAsync("it remembers the topic of today", TopicIdsAsync, ids => ids.SequenceEqual(topic));
        Assert.Equal(Events, (await _system.Database.NotificationsAsync()).Count);
        await second.StopAsync(TimeSpan.FromSeconds(10));

        var third = await _system.StartNotifierAsync();
        await WriteAsync(1);
        await _system.Database.ProcessedBecomesAsync($"done={Events + 1}");
        Assert.Equal(1, (await third.MetricsAsync()).Sum("notify_fetched_total"));
    }

    /// <summary>The new topic has the old position, too, so no request of the consumer fails.</summary>
    [RealBrokerFact]
    public async Task A_topic_that_is_made_anew_under_it_is_read_from_the_beginning()
    {
        await WriteAsync(Events);
        var notifier = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync($"done={Events}");
        await Eventually.SeesAsync("it remembers which topic it reads", TopicIdsAsync, ids => ids.Count == 1);
        // It stands still meanwhile, as in a pause of its machine, so that it does not see the topic gone.
        notifier.Freeze();
        await fixture.Servers.Kafka.MakeAnewAsync(_system.Events);
        await WriteAsync(3 * Events);
        notifier.Thaw();

        await _system.Database.ProcessedBecomesAsync($"done={4 * Events}");
        Assert.Equal(4 * Events, (await _system.Database.NotificationsAsync()).Count);
        await notifier.Output.LineAsync(
            "what it found", line => line.Contains("was made anew", StringComparison.Ordinal));
    }

    private Task WriteAsync(int count) =>
        _system.Events.WriteAsync([.. Enumerable.Range(0, count)
            .Select(_ => TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7()))]);

    private Task<List<Guid>> TopicIdsAsync() =>
        _system.Database.RowsAsync(row => row.GetGuid(0), "SELECT topic_id FROM consumed_topics");
}
