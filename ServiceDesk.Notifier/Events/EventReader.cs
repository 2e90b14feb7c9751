using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Events;

namespace ServiceDesk.Notifier.Events;

/// <summary>Reads an event from a message, or says why there is none; never throws.</summary>
internal static class EventReader
{
    private const int MaxText = 200;

    /// <param name="raw">As it came.</param>
    /// <param name="isReleased">Whether it was held.</param>
    public static ReceivedMessage Read(ConsumeResult<byte[], byte[]> raw, bool isReleased = false)
    {
        try
        {
            return ReadEnvelope(raw, isReleased);
        }
        catch (Exception foreign) when (foreign is JsonException or InvalidOperationException or FormatException)
        {
            return Unreadable(raw, $"not an event in JSON: {foreign.Message}");
        }
    }

    private static ReceivedMessage ReadEnvelope(ConsumeResult<byte[], byte[]> raw, bool isReleased)
    {
        if (raw.Message.Value is not { Length: > 0 } value)
        {
            return Unreadable(raw, "the message has no value");
        }

        var isStructured = IsStructured(raw.Message.Headers);
        var structured = isStructured ? StructuredEvent.Read(value) : null;
        var envelope = isStructured ? structured?.Data : EventEnvelope.Read(value);
        var problem = envelope switch
        {
            null => "the value is null",
            { EventId: var id } when id == default => "it has no event_id",
            { AggregateId: var id } when id == default => "it has no aggregate_id",
            // Postgres cannot store U+0000: not even that the event failed could be written down.
            { Aggregate: var name } when name is not { Length: > 0 and <= MaxText } || name.Contains('\0') =>
                "it has no usable aggregate",
            { EventType: not { Length: > 0 } } => "it has no event_type",
            { Payload.ValueKind: not JsonValueKind.Object } => "its payload is not an object",
            _ => null,
        };
        return problem is not null ? Unreadable(raw, problem)
            : (isStructured ? structured!.IsNewer : IsNewer(raw.Message.Headers))
                ? Unknown(raw, "its dataschema is newer than this build, for type", envelope!)
            : NotificationText.Knows(envelope!.EventType)
                ? new ReceivedMessage(raw, CreateEvent(raw.Message.Headers, envelope)) { IsReleased = isReleased }
            : Unknown(raw, "its event_type is not known:", envelope);
    }

    /// <summary>Parked until a notifier knows it: replay brings it back after the upgrade.</summary>
    private static ReceivedMessage Unknown(
        ConsumeResult<byte[], byte[]> raw, string reason, EventEnvelope envelope) =>
        new(raw, refusal: new Refusal(DeadLetterCode.UnknownType, $"{reason} '{Shorten(envelope.EventType)}'"));

    private static bool IsStructured(Headers? headers) =>
        headers is not null && headers.TryGetLastBytes(EventHeaders.ContentType, out var type)
        && StructuredEvent.Is(type);

    private static bool IsNewer(Headers? headers) =>
        headers is not null && headers.TryGetLastBytes(EventHeaders.CloudEventDataSchema, out var schema)
        && EventSchemas.IsNewer(schema);

    private static ReceivedMessage Unreadable(ConsumeResult<byte[], byte[]> raw, string reason) =>
        new(raw, refusal: new Refusal(DeadLetterCode.Unreadable, reason));

    private static TicketEvent CreateEvent(Headers? headers, EventEnvelope envelope)
    {
        ActivityContext.TryParse(
            Text(headers, EventHeaders.TraceParent), Text(headers, EventHeaders.TraceState),
            isRemote: true, out var trace);
        return new TicketEvent(
            envelope.EventId, envelope.EventType!, envelope.OccurredAt, envelope.Aggregate!, envelope.AggregateId,
            Shorten(envelope.RequestId), NotificationText.Write(envelope), trace,
            EventBaggage.Bound(Text(headers, EventHeaders.Baggage)));
    }

    private static string? Text(Headers? headers, string name) =>
        headers is not null && headers.TryGetLastBytes(name, out var bytes) && bytes is not null
            ? Encoding.UTF8.GetString(bytes)
            : null;

    private static string? Shorten(string? text) => text is { Length: > MaxText } ? text[..MaxText] + "…" : text;
}
