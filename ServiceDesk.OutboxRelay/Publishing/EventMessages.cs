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
    private static readonly byte[] CloudEventJson = Utf8(EventHeaders.CloudEventJson);

    /// <summary>Of the types that every event has; what else somebody wrote into the outbox has its own made.</summary>
    private static readonly Dictionary<string, byte[]> Schemas =
        EventTypes.All.ToDictionary(type => type, type => Utf8(EventSchemas.NameOf(type)));

    /// <param name="outboxEvent">The row.</param>
    /// <param name="stored">Its headers.</param>
    /// <param name="span">The span of its publishing, which the consumer continues.</param>
    /// <param name="isStructured">Whether the value is a CloudEvent as a whole.</param>
    public static Message<byte[], byte[]> Create(
        OutboxEvent outboxEvent, OutboxHeaders stored, Activity? span, bool isStructured = false)
    {
        var envelope = EventEnvelope.Write(
            outboxEvent.EventId, outboxEvent.EventType, outboxEvent.CreatedAt, outboxEvent.Aggregate,
            outboxEvent.AggregateId, stored.RequestId, outboxEvent.Payload);
        var subject = Utf8(outboxEvent.AggregateId.ToString());
        var headers = isStructured ? StructuredHeaders(outboxEvent) : BinaryHeaders(outboxEvent, subject);
        AddIfSet(headers, EventHeaders.TraceParent, span?.Id ?? stored.Traceparent);
        AddIfSet(headers, EventHeaders.TraceState, span?.TraceStateString ?? stored.Tracestate);
        AddIfSet(headers, EventHeaders.Baggage, EventBaggage.Bound(stored.Baggage));
        return new Message<byte[], byte[]>
        {
            Key = subject,
            Value = isStructured
                ? StructuredEvent.Write(
                    outboxEvent.EventId, outboxEvent.EventType, outboxEvent.CreatedAt, outboxEvent.AggregateId,
                    envelope)
                : envelope,
            Headers = headers,
        };
    }

    /// <summary>Our own are there in both modes: tools find an event by them.</summary>
    private static Headers StructuredHeaders(OutboxEvent outboxEvent) => new()
    {
        { EventHeaders.EventId, Utf8(outboxEvent.EventId.ToString()) },
        { EventHeaders.EventType, Utf8(outboxEvent.EventType) },
        { EventHeaders.ContentType, CloudEventJson },
    };

    private static Headers BinaryHeaders(OutboxEvent outboxEvent, byte[] subject)
    {
        var id = Utf8(outboxEvent.EventId.ToString());
        var type = Utf8(outboxEvent.EventType);
        return new Headers
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
            { EventHeaders.CloudEventDataSchema, SchemaOf(outboxEvent.EventType) },
        };
    }

    private static byte[] SchemaOf(string eventType) =>
        Schemas.GetValueOrDefault(eventType) ?? Utf8(EventSchemas.NameOf(eventType));

    private static void AddIfSet(Headers headers, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            headers.Add(name, Utf8(value));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
