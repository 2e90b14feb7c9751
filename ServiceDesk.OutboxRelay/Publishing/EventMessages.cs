using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.ServiceDefaults.Events;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Makes the Kafka message of an event: the envelope around the stored payload, and its headers.</summary>
internal static class EventMessages
{
    private static readonly byte[] Source = "/servicedesk/tickets"u8.ToArray();
    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();

    public static Message<byte[], byte[]> For(OutboxEvent outboxEvent, Activity? activity)
    {
        using var stored = JsonDocument.Parse(outboxEvent.Headers);
        var id = Utf8(outboxEvent.EventId.ToString());
        var type = Utf8(outboxEvent.EventType);
        var time = outboxEvent.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var headers = new Headers
        {
            { EventHeaders.EventId, id },
            { EventHeaders.EventType, type },
            { EventHeaders.CloudEventId, id },
            { EventHeaders.CloudEventType, type },
            { EventHeaders.CloudEventSource, Source },
            { EventHeaders.CloudEventSpecVersion, SpecVersion },
            { EventHeaders.CloudEventTime, Utf8(time) },
        };
        AddIfSet(headers, EventHeaders.TraceParent, activity?.Id ?? Text(stored, EventHeaders.TraceParent));
        AddIfSet(headers, EventHeaders.TraceState, activity?.TraceStateString ?? Text(stored, EventHeaders.TraceState));
        return new Message<byte[], byte[]>
        {
            Key = Utf8(outboxEvent.AggregateId.ToString()),
            Value = Envelope(outboxEvent, time, Text(stored, EventHeaders.RequestId)),
            Headers = headers,
        };
    }

    private static byte[] Envelope(OutboxEvent outboxEvent, string occurredAt, string? requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(outboxEvent.Payload.Length + 384);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("event_id", outboxEvent.EventId);
            json.WriteString("event_type", outboxEvent.EventType);
            json.WriteString("occurred_at", occurredAt);
            json.WriteString("aggregate", outboxEvent.Aggregate);
            json.WriteString("aggregate_id", outboxEvent.AggregateId);
            json.WriteString("request_id", requestId);
            json.WritePropertyName("payload");
            json.WriteRawValue(outboxEvent.Payload, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void AddIfSet(Headers headers, string name, string? value)
    {
        if (value is { Length: > 0 })
        {
            headers.Add(name, Utf8(value));
        }
    }

    private static string? Text(JsonDocument headers, string name) =>
        headers.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
