using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>The span of each published event, by OpenTelemetry's conventions for messaging. It continues the trace of
/// the request that caused the event, and lasts until the broker's acknowledgement.</summary>
internal static class PublishSpans
{
    private static readonly ActivitySource Source = new("ServiceDesk.OutboxRelay");

    /// <returns>Null when nobody collects traces, or this one is not sampled.</returns>
    public static Activity? Start(OutboxEvent outboxEvent, OutboxHeaders stored, string topic)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"send {topic}", ActivityKind.Producer, stored.Trace());
        // Many are open at once, so none is the current one: the next would become its child.
        Activity.Current = null;
        return span?
            .SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.name", "send")
            .SetTag("messaging.operation.type", "send")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.message.id", outboxEvent.EventId.ToString())
            .SetTag("messaging.kafka.message.key", outboxEvent.AggregateId.ToString())
            .SetTag("ticket_id", outboxEvent.AggregateId.ToString());
    }

    /// <summary>Notes where the event is.</summary>
    public static void Acknowledged(Activity? span, TopicPartitionOffset position) => span?
        .SetTag("messaging.destination.partition.id", position.Partition.Value.ToString(CultureInfo.InvariantCulture))
        .SetTag("messaging.kafka.offset", position.Offset.Value);

    /// <summary>Ends the span, as an error unless the event was acknowledged.</summary>
    public static void End(Activity? span, Delivery delivery, string errorType)
    {
        if (span is not null && delivery.Outcome != DeliveryOutcome.Acknowledged)
        {
            span.SetTag("error.type", errorType).SetStatus(ActivityStatusCode.Error, delivery.Reason);
        }

        span?.Dispose();
    }
}
