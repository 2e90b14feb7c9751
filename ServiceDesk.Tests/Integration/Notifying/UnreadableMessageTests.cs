using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Notifying;

/// <summary>Unreadable messages go to the dead-letter topic unchanged, and the events around them pass.</summary>
public sealed class UnreadableMessageTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private const string Id = "0198c0de-0000-7000-8000-000000000001";

    private static readonly string?[] Values =
    [
        null,
        "",
        " ",
        "not json",
        "null",
        "[]",
        "42",
        "\"text\"",
        "{",
        "{}",
        "\u0000\u0001\u0002",
        """{"event_type":"ticket.created"}""",
        Envelope(eventId: "not-a-uuid"),
        Envelope(eventId: "00000000-0000-0000-0000-000000000000"),
        Envelope(ticket: "42"),
        Envelope(type: "ticket.deleted"),
        Envelope(type: "TICKET.CREATED"),
        Envelope(type: "\\u0000"),
        Envelope(payload: "null"),
        Envelope(payload: "[]"),
        Envelope(payload: "\"text\""),
        Envelope(payload: new string('[', 200) + new string(']', 200)),
        Envelope(payload: """{"title":"\ud800"}"""),
        Envelope(occurredAt: "yesterday"),
        Envelope(aggregate: ""),
        Envelope(aggregate: new string('a', 300)),
        Envelope() + "x",
        $"[{Envelope()}]",
        new string('[', 100_000),
    ];

    [Fact]
    public async Task Unreadable_messages_become_dead_letters_and_the_events_around_them_pass()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers, partitions: 1);
        var ticket = Guid.CreateVersion7();
        var bad = Values.Select(value => TicketEvents.Message("key", value)).ToArray();
        await system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "Before"));
        await system.Events.WriteAsync(
            [.. bad, new Message<byte[], byte[]> { Key = null!, Value = [0xff, 0xfe, 0x00] }]);
        await system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "After"));

        var notifier = await system.StartNotifierAsync();
        await system.Database.ProcessedBecomesAsync("done=2");
        var letters = await system.DeadLetters.ReadAtLeastAsync(bad.Length + 1);

        var originals = (await system.Events.ReadAllAsync()).Skip(1).SkipLast(1).ToList();
        Assert.Equal(bad.Length + 1, originals.Count);
        Assert.Equal(
            originals.Select(
                m => $"{m.Offset.Value} {Text(m.Message.Key)} {Text(m.Message.Value)} {TestTopic.Header(m, "origin")}"),
            letters.Select(m =>
                $"{TestTopic.Header(m, "dlq_offset")} {Text(m.Message.Key)} {Text(m.Message.Value)} "
                + $"{TestTopic.Header(m, "origin")}"));
        Assert.All(letters, letter => Assert.NotEmpty(TestTopic.Header(letter, "dlq_reason")!));
        Assert.Equal(["New ticket: Before", "New ticket: After"], await system.Database.NotificationsAsync());
        Assert.Equal(letters.Count, (await notifier.MetricsAsync()).Sum(
            "notify_processed_total", ("event_type", "unknown"), ("status", "dead")));
    }

    private static string Text(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);

    private static string Envelope(
        string eventId = Id, string type = "ticket.created", string occurredAt = "2024-02-29T12:34:56Z",
        string aggregate = "ticket", string ticket = Id, string payload = """{"title":"Printer on fire"}""") =>
        $$"""
        {"event_id":"{{eventId}}","event_type":"{{type}}","occurred_at":"{{occurredAt}}","aggregate":"{{aggregate}}",
        "aggregate_id":"{{ticket}}","request_id":null,"payload":{{payload}}}
        """.ReplaceLineEndings("");
}
