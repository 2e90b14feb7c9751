using ServiceDesk.Events;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Notifying;

public sealed class NotifierTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private readonly Guid _ticket = Guid.CreateVersion7();
    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync() =>
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task An_event_has_its_effect_once_and_is_logged_with_its_request_id()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _system.Events.WriteAsync(TicketEvents.Created(first, _ticket, "Printer on fire", "req-1"));
        await _system.Events.WriteAsync(
            TicketEvents.Created(second, _ticket, "Printer on fire", "req-2", "ticket.status_changed"));

        var notifier = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync("done=2");

        Assert.Equal(
            ["New ticket: Printer on fire", "Printer on fire: open -> closed"],
            await _system.Database.NotificationsAsync());
        Assert.Equal(
            [(first, "ticket.created", _ticket, "ticket", 1), (second, "ticket.status_changed", _ticket, "ticket", 1)],
            await _system.Database.RowsAsync(
                row => (row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetInt32(4)),
                "SELECT event_id, event_type, aggregate_id, aggregate, attempts FROM processed_events "
                + "WHERE processed_at <= now() ORDER BY event_type"));
        await notifier.Output.LineAsync(
            "the second event", line => line.Contains(second.ToString(), StringComparison.Ordinal));
        var state = notifier.Log("Processed ticket.created")[0].GetProperty("State");
        Assert.Equal(first, state.GetProperty("event_id").GetGuid());
        Assert.Equal("req-1", state.GetProperty("request_id").GetString());
        Assert.Equal(_ticket, state.GetProperty("ticket_id").GetGuid());
    }

    [Fact]
    public async Task Duplicates_are_skipped_in_one_batch_and_later()
    {
        var id = Guid.CreateVersion7();
        var message = TicketEvents.Created(id, _ticket);
        await _system.Events.WriteAsync(message, message, message);

        var notifier = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync("done=1");
        await _system.Events.WriteAsync(
            message, TicketEvents.Created(Guid.CreateVersion7(), _ticket, "After the duplicates"));
        await _system.Database.ProcessedBecomesAsync("done=2");

        Assert.Equal(
            ["New ticket: Printer on fire", "New ticket: After the duplicates"],
            await _system.Database.NotificationsAsync());
        var metrics = await notifier.MetricsAsync();
        Assert.Equal(2, metrics.Sum("notify_processed_total", ("event_type", "ticket.created"), ("status", "ok")));
        Assert.Equal(
            3, metrics.Sum("notify_processed_total", ("event_type", "ticket.created"), ("status", "duplicate")));
        Assert.Equal(5, metrics.Sum("notify_fetched_total"));
        Assert.Equal(2, metrics.Sum("notify_end_to_end_seconds_count"));
    }

    [Fact]
    public async Task A_poison_event_fails_with_a_dead_letter_and_the_rest_of_its_partition_passes()
    {
        var poison = Guid.CreateVersion7();
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket, "Before"));
        await _system.Events.WriteAsync(TicketEvents.Poison(poison, _ticket));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket, "After"));

        var notifier = await _system.StartNotifierAsync(
            ("NOTIFY_MAX_ATTEMPTS", "3"), ("Notifier__Backoff", "00:00:00.010"));
        await _system.Database.ProcessedBecomesAsync("done=2 failed=1");

        Assert.Equal(["New ticket: Before", "New ticket: After"], await _system.Database.NotificationsAsync());
        Assert.Equal((poison, 3, true), Assert.Single(await _system.Database.RowsAsync(
            row => (row.GetGuid(0), row.GetInt32(1), row.GetBoolean(2)),
            "SELECT event_id, attempts, last_error <> '' FROM processed_events "
            + "WHERE status = 'failed' AND failed_at <= now()")));
        var original = (await _system.Events.ReadAllAsync())[1];
        var letter = Assert.Single(await _system.DeadLetters.ReadAllAsync());
        Assert.Equal(original.Message.Key, letter.Message.Key);
        Assert.Equal(original.Message.Value, letter.Message.Value);
        Assert.Equal("test", TestTopic.Header(letter, "origin"));
        Assert.Equal(
            (_system.Events.Name, "0", "1", "3"),
            (TestTopic.Header(letter, "dlq_topic"), TestTopic.Header(letter, "dlq_partition"),
                TestTopic.Header(letter, "dlq_offset"), TestTopic.Header(letter, "dlq_attempts")));
        Assert.NotEmpty(TestTopic.Header(letter, "dlq_reason")!);
        var metrics = await notifier.MetricsAsync();
        Assert.Equal(1, metrics.Sum("notify_processed_total", ("event_type", "ticket.created"), ("status", "dead")));
        Assert.Equal(3, metrics.Sum("notify_errors_total", ("event_type", "ticket.created"), ("reason", "effect")));
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket));
        var first = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync("done=1");
        Assert.Equal(0, await first.StopAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty(first.Output.Errors);

        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket, "While nobody listened"));
        var second = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync("done=2");

        Assert.Equal(1, (await second.MetricsAsync()).Sum("notify_fetched_total"));
        Assert.Equal(2, (await _system.Database.NotificationsAsync()).Count);
    }

    [Fact]
    public async Task After_a_kill_nothing_is_lost_and_nothing_happens_twice()
    {
        var first = await _system.StartNotifierAsync(("Notifier__CommitInterval", "00:01:00"));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket));
        await Eventually.SeesAsync("the first is committed, and the interval begins", first.MetricsAsync, m =>
            m.Sum("notify_committed_total") == 1);
        await _system.Events.WriteAsync(
            [.. Enumerable.Range(0, 50).Select(_ => TicketEvents.Created(Guid.CreateVersion7(), _ticket))]);
        await _system.Database.ProcessedBecomesAsync("done=51");
        await first.KillAsync();

        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), _ticket));
        var second = await _system.StartNotifierAsync();
        await _system.Database.ProcessedBecomesAsync("done=52", TimeSpan.FromSeconds(60));

        Assert.Equal(52, (await _system.Database.NotificationsAsync()).Count);
        await Eventually.SeesAsync("what was not committed is skipped", second.MetricsAsync,
            m => m.Sum("notify_processed_total", ("status", "duplicate")) == 50);
    }

    [Fact]
    public async Task Every_series_is_there_with_0_before_the_first_event()
    {
        var notifier = await _system.StartNotifierAsync();

        var metrics = await Eventually.SeesAsync(
            "the lag of the partition", notifier.MetricsAsync, m => m.Sum("notify_lag", ("partition", "0")) == 0);

        foreach (var type in EventTypes.All)
        {
            Assert.All(["ok", "duplicate", "dead"], status =>
                Assert.Equal(0, metrics.Sum("notify_processed_total", ("event_type", type), ("status", status))));
            Assert.All(["unreadable", "effect", "database", "dead_letter"], reason =>
                Assert.Equal(0, metrics.Sum("notify_errors_total", ("event_type", type), ("reason", reason))));
        }

        Assert.All(["notify_fetched_total", "notify_committed_total"], name =>
            Assert.True(metrics.Sum(name) == 0, $"{name} is {metrics.Sum(name)}"));
    }
}
