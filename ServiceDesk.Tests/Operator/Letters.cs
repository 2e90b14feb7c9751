using System.Text;
using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>Dead letters as the notifier writes them.</summary>
internal static class Letters
{
    public static Message<byte[], byte[]> UnknownType(Guid eventId, Guid ticket, string title = "Early") =>
        Of(
            TicketEvents.Created(eventId, ticket, title), "unknown_type",
            "its event_type is not known: 'ticket.created'");

    public static Message<byte[], byte[]> Unreadable(string text) =>
        Of(TicketEvents.Message("key", text), "unreadable", "not an event in JSON");

    public static Message<byte[], byte[]> Of(Message<byte[], byte[]> letter, string code, string reason)
    {
        letter.Headers.Add("dlq_code", Encoding.UTF8.GetBytes(code));
        letter.Headers.Add("dlq_reason", Encoding.UTF8.GetBytes(reason));
        letter.Headers.Add("dlq_topic", "events"u8.ToArray());
        letter.Headers.Add("dlq_partition", "1"u8.ToArray());
        letter.Headers.Add("dlq_offset", "7"u8.ToArray());
        letter.Headers.Add("dlq_attempts", "1"u8.ToArray());
        return letter;
    }

    /// <summary>Adds failed outbox rows.</summary>
    public static async Task<Guid[]> AddFailedAsync(
        this TestDatabase database, int count, string reason = "too large", string type = "ticket.created")
    {
        var ids = await database.AddEventsAsync(Guid.CreateVersion7(), count);
        return [.. await database.RowsAsync(
            row => row.GetGuid(0),
            "UPDATE outbox SET status = 'failed', failed_at = now(), last_error = $2, event_type = $3, "
            + "aggregate_id = gen_random_uuid() WHERE id = ANY ($1) RETURNING event_id",
            ids, reason, type)];
    }
}
