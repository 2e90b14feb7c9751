using System.Collections.Frozen;
using System.Text.Json;
using ServiceDesk.Events;

namespace ServiceDesk.Notifier.Events;

/// <summary>What the people concerned are told about an event. The database bounds its length.</summary>
internal static class NotificationText
{
    /// <summary>One writer for each event type.</summary>
    private static readonly FrozenDictionary<string, Func<JsonElement, string?>> Writers =
        new Dictionary<string, Func<JsonElement, string?>>
        {
            [EventTypes.TicketCreated] = payload =>
                Text(payload, "title") is { } title ? $"New ticket: {title}" : null,
            [EventTypes.TicketStatusChanged] = payload =>
                (Text(payload, "title"), Text(payload, "old_status"), Text(payload, "status")) is
                    ({ } title, { } before, { } after) ? $"{title}: {before} -> {after}" : null,
        }.ToFrozenDictionary();

    /// <summary>Whether events of this type can be announced; the others are no events of this build.</summary>
    public static bool Knows(string? eventType) => eventType is not null && Writers.ContainsKey(eventType);

    /// <returns>Empty when the payload lacks what the text needs; the database refuses that.</returns>
    public static string Write(EventEnvelope envelope) => Writers[envelope.EventType!](envelope.Payload) ?? "";

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            // Postgres cannot store U+0000 in a text.
            ? value.GetString()!.Replace("\0", "")
            : null;
}
