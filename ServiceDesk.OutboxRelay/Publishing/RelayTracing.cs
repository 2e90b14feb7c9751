using System.Diagnostics;
using System.Text.Json;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.ServiceDefaults.Events;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Continues the trace of the request that caused an event.</summary>
internal static class RelayTracing
{
    private static readonly ActivitySource Source = new("ServiceDesk.OutboxRelay");

    /// <returns>Null when nobody collects traces.</returns>
    public static Activity? StartPublish(OutboxEvent outboxEvent, string topic)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        using var headers = JsonDocument.Parse(outboxEvent.Headers);
        ActivityContext.TryParse(
            Text(headers, EventHeaders.TraceParent), Text(headers, EventHeaders.TraceState), isRemote: true, out var parent);
        var activity = Source.StartActivity($"publish {topic}", ActivityKind.Producer, parent);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.destination.name", topic);
        activity?.SetTag("messaging.message.id", outboxEvent.EventId.ToString());
        activity?.SetTag("ticket_id", outboxEvent.AggregateId.ToString());
        return activity;
    }

    private static string? Text(JsonDocument headers, string name) =>
        headers.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
