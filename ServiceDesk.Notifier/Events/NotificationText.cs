using System.Text.Json;
using ServiceDesk.Events;

namespace ServiceDesk.Notifier.Events;

/// <summary>What the people concerned are told. The database bounds its length.</summary>
internal static class NotificationText
{
    /// <returns>Empty when the payload lacks what the text needs; the database refuses that.</returns>
    public static string Of(EventEnvelope envelope)
    {
        var title = Text(envelope.Payload, "title");
        return (envelope.EventType, title) switch
        {
            (_, null) => "",
            (EventTypes.TicketCreated, _) => $"New ticket: {title}",
            _ => $"{title}: {Text(envelope.Payload, "old_status")} -> {Text(envelope.Payload, "status")}",
        };
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            // Postgres cannot store U+0000 in a text.
            ? value.GetString()!.Replace("\0", "")
            : null;
}
