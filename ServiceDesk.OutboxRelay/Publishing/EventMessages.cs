using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Makes the Kafka message of an event: the envelope around the stored payload, and its headers.</summary>
internal static class EventMessages
{
    private static readonly byte[] Source = Utf8(EventHeaders.Source);
    private static readonly byte[] SpecVersion = Utf8(EventHeaders.SpecVersion);
    private static readonly byte[] Json = Utf8(EventHeaders.Json);

    public static Message<byte[], byte[]> Create(OutboxEvent outboxEvent, OutboxHeaders stored, Activity? span)
    {
        var id = Utf8(outboxEvent.EventId.ToString());
        var type = Utf8(outboxEvent.EventType);
        var subject = Utf8(outboxEvent.AggregateId.ToString());
        var headers = new Headers
        {
            { EventHeaders.EventId, id },
            { EventHeaders.EventType, type },
            { EventHeaders.ContentType, Json },
            { EventHeaders.CloudEventId, id },
            { EventHeaders.CloudEventType, type },
            { EventHeaders.CloudEventSource, Source },
            { EventHeaders.CloudEventSpecVersion, SpecVersion },
            { EventHeaders.CloudEventTime, Utf8(EventEnvelope.Time(outboxEvent.CreatedAt)) },
            { EventHeaders.CloudEventSubject, subject },
            { EventHeaders.CloudEventDataSchema, Utf8(EventSchemas.NameOf(outboxEvent.EventType)) },
        };
        AddIfSet(headers, EventHeaders.TraceParent, span?.Id ?? stored.Traceparent);
        AddIfSet(headers, EventHeaders.TraceState, span?.TraceStateString ?? stored.Tracestate);
        AddIfSet(headers, EventHeaders.Baggage, EventBaggage.Bound(stored.Baggage));
        return new Message<byte[], byte[]>
        {
            Key = subject,
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
