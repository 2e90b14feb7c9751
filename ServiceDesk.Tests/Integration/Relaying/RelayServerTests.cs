using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>A relay on a database whose clock was set back, whose sequence was left behind, or that refuses to mark a
/// row.</summary>
public sealed class RelayServerTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private static readonly (string, string)[] ShortLease =
    [
        ("OUTBOX_RELAY_PROCESSING_TIMEOUT", "2s"), ("OutboxRelay__PublishTimeout", "00:00:01"),
        ("OutboxRelay__MaxBackoff", "00:00:01"),
    ];

    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync() =>
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    /// <summary>The relay that claimed it is dead, or the wait was planned, before the clock went back.</summary>
    [Theory]
    [InlineData(
        "status = 'processing', claim_token = gen_random_uuid(), processing_started_at = now() + interval '1 day'")]
    [InlineData("next_attempt_at = now() + interval '1 day'")]
    public async Task What_lies_in_the_clocks_future_is_published_within_some_leases_and_in_order(string ahead)
    {
        var ticket = Guid.CreateVersion7();
        await _system.Database.AddEventsAsync(ticket);
        await _system.Database.ExecuteAsync($"UPDATE outbox SET {ahead}, created_at = now() + interval '1 day'");
        await _system.Database.AddEventsAsync(ticket, count: 2);

        var relay = await _system.StartRelayAsync(ShortLease);
        await Eventually.SeesAsync("the lag tells of it", relay.MetricsAsync, m => m.Sum("outbox_lag_seconds") > 0);
        await _system.Database.AllAreSentAsync(3);

        Assert.Equal(await _system.Database.EventIdsAsync(), await PublishedAsync());
    }

    [Fact]
    public async Task Ids_that_are_given_out_again_are_published_once_and_the_log_says_how_to_mend()
    {
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 3);
        await using (var first = await _system.StartRelayAsync())
        {
            await _system.Database.AllAreSentAsync(3);
        }

        await _system.Database.ExecuteAsync("SELECT setval('outbox_id_seq', 1, false)");
        var relay = await _system.StartRelayAsync();
        await Eventually.SeesAsync(
            "the metric tells of it", relay.MetricsAsync, m => m.Sum("outbox_sequence_behind") == 3);
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 2);
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 3);
        await _system.Database.AllAreSentAsync(8);

        Assert.Equal(8, (await PublishedAsync()).Count);
        Assert.EndsWith("SELECT setval('outbox_id_seq', (SELECT max(id) FROM outbox))",
            Assert.Single(relay.Log("The sequence of outbox ids is 3 behind")).GetProperty("Message").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(0, (await relay.MetricsAsync()).Sum("outbox_reaped_total"));

        await _system.Database.ExecuteAsync("SELECT setval('outbox_id_seq', 1, false)");
        Assert.Contains(
            "outbox_id_seq was behind", (await _system.MigrateAsync()).Output.ToString(), StringComparison.Ordinal);
        Assert.All(await _system.Database.AddEventsAsync(Guid.CreateVersion7()), id => Assert.True(id > 5));
    }

    /// <summary>As after a restore of one partition: the event was sent before. Its batch must not suffer.</summary>
    [Fact]
    public async Task A_row_that_cannot_be_marked_is_parked_visibly_and_doubles_no_other()
    {
        var sent = (await _system.Database.AddEventsAsync(Guid.CreateVersion7()))[0];
        await using (var first = await _system.StartRelayAsync())
        {
            await _system.Database.AllAreSentAsync(1);
        }

        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 20);
        await _system.Database.ExecuteAsync(
            """
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload)
            SELECT event_id, aggregate, aggregate_id, event_type, payload FROM outbox WHERE id = $1
            """, sent);
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 20);

        var relay = await _system.StartRelayAsync();
        await Eventually.SeesAsync("all is settled", _system.Database.StatusesAsync, s => s == "failed=1 sent=41");

        // The one that was there before, 40 new ones, and the one that is there twice.
        Assert.Equal(42, (await PublishedAsync()).Count);
        Assert.Contains("delete this row", await _system.Database.ScalarAsync<string>(
            "SELECT last_error FROM outbox WHERE status = 'failed'"), StringComparison.Ordinal);
        (await relay.MetricsAsync()).HasAtLeast(1, "outbox_dead_total");
    }

    private async Task<List<string>> PublishedAsync() =>
        [.. (await _system.Events.ReadAllAsync()).Select(m => TestTopic.Header(m, "event_id")!)];
}
