using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Messages as the relay writes them, and worse ones, for tests of the notifier.</summary>
internal static class TicketEvents
{
    public static Message<byte[], byte[]> Created(
        Guid eventId, Guid ticket, string? title = "Printer on fire", string requestId = "test",
        string eventType = "ticket.created") =>
        Message(ticket.ToString(), JsonSerializer.Serialize(new
        {
            event_id = eventId,
            event_type = eventType,
            occurred_at = DateTime.UtcNow,
            aggregate = "ticket",
            aggregate_id = ticket,
            request_id = requestId,
            payload = new { ticket_id = ticket, title, old_status = "open", status = "closed", version = 1 },
        }));

    /// <summary>The database refuses its effect at every attempt: a notification cannot be empty.</summary>
    public static Message<byte[], byte[]> Poison(Guid eventId, Guid ticket) => Created(eventId, ticket, title: null);

    public static Message<byte[], byte[]> Message(string? key, string? value) => new()
    {
        Key = key is null ? null! : Encoding.UTF8.GetBytes(key),
        Value = value is null ? null! : Encoding.UTF8.GetBytes(value),
        Headers = new Headers { { "origin", "test"u8.ToArray() } },
    };
}
