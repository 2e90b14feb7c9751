using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>The broker refuses a request for good. Its answer is about all events in the request, and most are
/// innocent.</summary>
public sealed class RefusalTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [LocalBrokerTheory]
    [InlineData("MSG_SIZE_TOO_LARGE", 1)]
    [InlineData("MSG_SIZE_TOO_LARGE", 3)]
    [InlineData("INVALID_RECORD", 1)]
    [InlineData("INVALID_RECORD", 4)]
    [InlineData("POLICY_VIOLATION", 2)]
    [InlineData("TOPIC_AUTHORIZATION_FAILED", 2)]
    [InlineData("OUT_OF_ORDER_SEQUENCE_NUMBER", 2)]
    [InlineData("INVALID_PRODUCER_EPOCH", 2)]
    public async Task A_refused_request_neither_fails_an_innocent_event_nor_lets_one_overtake(string error, int times)
    {
        await using var system = await StartAsync();
        await SeededOutbox.AddAsync(system.Database, tickets: 20, changes: 3);
        await Broker.FailNextAsync("produce", error, times);
        var relay = await system.StartRelayAsync();

        await SeededOutbox.IsSettledAsync(system.Database, Limit);

        var published = await PublishedOrder.ReadAsync(system);
        Assert.All(published.Rows, row => Assert.Equal("sent", row.Status));
        published.IsComplete();
        published.HasNoInversion();
        Assert.True(
            (await relay.MetricsAsync()).Sum("outbox_failed_total") > 0,
            "no request was refused, so nothing was shown");
    }

    [LocalBrokerFact]
    public async Task An_event_that_is_refused_at_every_attempt_is_failed_and_the_next_one_of_its_ticket_goes_on()
    {
        await using var system = await StartAsync();
        await SeededOutbox.AddAsync(system.Database, tickets: 1, changes: 2);
        await Broker.FailNextAsync("produce", "INVALID_RECORD", MaxAttempts);
        await system.StartRelayAsync();

        await SeededOutbox.IsSettledAsync(system.Database, Limit);

        var rows = await OutboxReading.AllAsync(system.Database);
        Assert.Equal(["failed", "sent"], rows.Select(row => row.Status));
        var letter = Assert.Single(await system.DeadLetters.ReadAllAsync());
        Assert.Equal(rows[0].EventId, MessageReading.Of(letter).EventId);
        Assert.Equal(
            [rows[1].EventId], (await system.Events.ReadAllAsync()).Select(m => MessageReading.Of(m).EventId!.Value));
    }

    /// <summary>Its backoff is longer than this test waits: only the refused request's events may have to wait for
    /// it.</summary>
    [LocalBrokerFact]
    public async Task A_refused_request_keeps_back_its_own_tickets_and_not_the_relay()
    {
        var patience = TimeSpan.FromSeconds(20);
        await Broker.ClearFaultsAsync();
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 6);
        system.Settings["KafkaClient__max.in.flight.requests.per.connection"] = "1";
        system.Settings["OutboxRelay__Backoff"] = system.Settings["OutboxRelay__MaxBackoff"] = "00:02:00";
        await SeededOutbox.AddAsync(system.Database, tickets: 60, changes: 2);
        await Broker.FailNextAsync("produce", "INVALID_RECORD", 1);
        await system.StartRelayAsync();

        await Eventually.SeesAsync("all else is sent", () => system.Database.ScalarAsync<long>(
            """
            SELECT count(*) FROM outbox WHERE status <> 'sent'
                AND aggregate_id NOT IN (SELECT aggregate_id FROM outbox WHERE status = 'pending' AND attempts = 1)
            """), others => others == 0, patience);
        await SeededOutbox.AddAsync(system.Database, tickets: 1, changes: 3);
        await Eventually.SeesAsync("a new ticket is sent", () => system.Database.ScalarAsync<long>(
            """
            SELECT count(*) FROM outbox WHERE status = 'sent'
                AND aggregate_id = (SELECT aggregate_id FROM outbox ORDER BY id DESC LIMIT 1)
            """), sent => sent == 3, patience);

        Assert.InRange(await SeededOutbox.CountAsync(system.Database, "pending"), 1, 60);
        (await PublishedOrder.ReadAsync(system)).HasNoInversion();
    }

    private LocalKafkaProcess Broker => servers.Servers.Kafka.Breakable!;

    /// <summary>One partition: all events share their requests. One request at a time, because our broker does not
    /// check the sequence numbers by which Kafka refuses those that follow a refused one.</summary>
    private async Task<ServiceDeskSystem> StartAsync()
    {
        await Broker.ClearFaultsAsync();
        var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 1);
        system.Settings["KafkaClient__max.in.flight.requests.per.connection"] = "1";
        system.Settings["OutboxRelay__MaxAttempts"] = $"{MaxAttempts}";
        return system;
    }
}
