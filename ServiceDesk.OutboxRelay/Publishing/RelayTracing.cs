using System.Diagnostics;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Continues the trace of the request that caused an event.</summary>
internal static class RelayTracing
{
    private static readonly ActivitySource Source = new("ServiceDesk.OutboxRelay");

    /// <returns>Null when nobody collects traces.</returns>
    public static Activity? StartPublish(OutboxEvent outboxEvent, OutboxHeaders stored, string topic)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var activity = Source.StartActivity($"publish {topic}", ActivityKind.Producer, stored.Trace());
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.destination.name", topic);
        activity?.SetTag("messaging.message.id", outboxEvent.EventId.ToString());
        activity?.SetTag("ticket_id", outboxEvent.AggregateId.ToString());
        return activity;
    }
}
