using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Makes the Kafka message of an event: the envelope around the stored payload, and its headers.</summary>
internal static class EventMessages
{
    private static readonly byte[] Source = "/servicedesk/tickets"u8.ToArray();
    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();

    public static Message<byte[], byte[]> Create(OutboxEvent outboxEvent, OutboxHeaders stored, Activity? span)
    {
        var id = Utf8(outboxEvent.EventId.ToString());
        var type = Utf8(outboxEvent.EventType);
        var headers = new Headers
        {
            { EventHeaders.EventId, id },
            { EventHeaders.EventType, type },
            { EventHeaders.CloudEventId, id },
            { EventHeaders.CloudEventType, type },
            { EventHeaders.CloudEventSource, Source },
            { EventHeaders.CloudEventSpecVersion, SpecVersion },
            { EventHeaders.CloudEventTime, Utf8(EventEnvelope.Time(outboxEvent.CreatedAt)) },
        };
        AddIfSet(headers, EventHeaders.TraceParent, span?.Id ?? stored.Traceparent);
        AddIfSet(headers, EventHeaders.TraceState, span?.TraceStateString ?? stored.Tracestate);
        AddIfSet(headers, EventHeaders.Baggage, EventBaggage.Bound(stored.Baggage));
        return new Message<byte[], byte[]>
        {
            Key = Utf8(outboxEvent.AggregateId.ToString()),
            Value = EventEnvelope.Write(
                outboxEvent.EventId, outboxEvent.EventType, outboxEvent.CreatedAt, outboxEvent.Aggregate,
                outboxEvent.AggregateId, stored.RequestId, outboxEvent.Payload),
            Headers = headers,
        };
    }

    private static void AddIfSet(Headers headers, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            headers.Add(name, Utf8(value));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
