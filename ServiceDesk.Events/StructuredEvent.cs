using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.Events;

/// <summary>A CloudEvent as one JSON document, in the structured mode of its Kafka binding; the plain event is its
/// data.</summary>
/// <param name="Dataschema">Name of the data's schema; null if it names none.</param>
/// <param name="Data">The event.</param>
public sealed record StructuredEvent(string? Dataschema, EventEnvelope? Data)
{
    /// <summary>Room for the attributes around the data.</summary>
    private const int Overhead = 512;

    private static readonly JsonWriterOptions Trusting = new() { SkipValidation = true };

    /// <summary>Whether the data is of a newer version than this build knows.</summary>
    [JsonIgnore]
    public bool IsNewer => Dataschema is not null && EventSchemas.IsNewer(Encoding.UTF8.GetBytes(Dataschema));

    /// <summary>Whether a message's <c>content-type</c> says that it is one.</summary>
    public static bool Is(ReadOnlySpan<byte> contentType) =>
        contentType.Length >= MediaType.Length && Ascii.EqualsIgnoreCase(contentType[..MediaType.Length], MediaType);

    /// <exception cref="JsonException">The value is no JSON, or not of this form.</exception>
    public static StructuredEvent? Read(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, EventEnvelopeJson.Default.StructuredEvent);

    /// <summary>Writes the attributes around an envelope that is JSON already.</summary>
    public static byte[] Write(
        Guid eventId, string eventType, DateTime occurredAt, Guid aggregateId, ReadOnlySpan<byte> envelope)
    {
        var buffer = new ArrayBufferWriter<byte>(envelope.Length + Overhead);
        using (var json = new Utf8JsonWriter(buffer, Trusting))
        {
            json.WriteStartObject();
            json.WriteString("specversion", EventHeaders.SpecVersion);
            json.WriteString("id", eventId);
            json.WriteString("type", eventType);
            json.WriteString("source", EventHeaders.Source);
            json.WriteString("time", EventEnvelope.Time(occurredAt));
            json.WriteString("subject", aggregateId);
            json.WriteString("dataschema", EventSchemas.NameOf(eventType));
            json.WriteString("datacontenttype", EventHeaders.Json);
            json.WritePropertyName("data");
            json.WriteRawValue(envelope, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> MediaType => "application/cloudevents+json"u8;
}
