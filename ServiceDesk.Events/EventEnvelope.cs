using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.Events;

/// <summary>The value of a message.</summary>
public sealed record EventEnvelope(
    Guid EventId,
    string? EventType,
    DateTimeOffset OccurredAt,
    string? Aggregate,
    Guid AggregateId,
    string? RequestId,
    JsonElement Payload)
{
    /// <summary>Room for the members around the payload.</summary>
    private const int Overhead = 384;

    private static readonly JsonWriterOptions Trusting = new() { SkipValidation = true };

    /// <exception cref="JsonException">The value is no JSON, or not of this form.</exception>
    public static EventEnvelope? Read(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, EventEnvelopeJson.Default.EventEnvelope);

    /// <summary>Writes the envelope around a payload that is JSON already, without parsing it again.</summary>
    public static byte[] Write(
        Guid eventId, string eventType, DateTime occurredAt, string aggregate, Guid aggregateId, string? requestId,
        ReadOnlySpan<byte> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + Overhead);
        using (var json = new Utf8JsonWriter(buffer, Trusting))
        {
            json.WriteStartObject();
            json.WriteString("event_id", eventId);
            json.WriteString("event_type", eventType);
            json.WriteString("occurred_at", Time(occurredAt));
            json.WriteString("aggregate", aggregate);
            json.WriteString("aggregate_id", aggregateId);
            json.WriteString("request_id", requestId);
            json.WritePropertyName("payload");
            json.WriteRawValue(payload, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A UTC time as in envelope and headers: RFC 3339 with Postgres' precision, microseconds.</summary>
    public static string Time(DateTime utc) =>
        utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Tolerant of unknown members, so that producers can add to the envelope first.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 16)]
[JsonSerializable(typeof(EventEnvelope))]
[JsonSerializable(typeof(StructuredEvent))]
internal sealed partial class EventEnvelopeJson : JsonSerializerContext;
