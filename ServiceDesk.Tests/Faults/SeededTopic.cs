using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>Sound events, as a relay would publish them.</summary>
internal static class SeededTopic
{
    public static async Task<IReadOnlyList<Guid>> AddAsync(TestTopic topic, int events)
    {
        var ids = Enumerable.Range(0, events).Select(_ => Guid.CreateVersion7()).ToList();
        await topic.WriteAsync([.. ids.Select(id => Event(id, Guid.CreateVersion7()))]);
        return ids;
    }

    public static Message<byte[], byte[]> Event(Guid eventId, Guid ticket) => new()
    {
        Key = Encoding.UTF8.GetBytes(ticket.ToString()),
        Value = JsonSerializer.SerializeToUtf8Bytes(new
        {
            event_id = eventId,
            event_type = "ticket.created",
            occurred_at = DateTimeOffset.UtcNow,
            aggregate = "ticket",
            aggregate_id = ticket,
            request_id = "seeded",
            payload = new { ticket_id = ticket, title = "Seeded", description = "", status = "open", version = 1 },
        }),
    };

    public static Task<long> EffectsAsync(TestDatabase database) =>
        database.ScalarAsync<long>("SELECT count(*) FROM notifications");
}
