using System.Diagnostics;
using System.Globalization;
using ServiceDesk.Events;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Spans named by OpenTelemetry's messaging conventions. Each event continues its own trace, although a batch
/// shares its transaction.</summary>
internal sealed class ConsumerTracing(KafkaSettings kafka)
{
    private static readonly ActivitySource Source = new("ServiceDesk.Notifier");

    /// <returns>A span for each message, null where its trace is not sampled; none when nobody collects
    /// them.</returns>
    public Activity?[] Start(List<ReceivedMessage> batch)
    {
        if (!Source.HasListeners())
        {
            return [];
        }

        var spans = new Activity?[batch.Count];
        foreach (var (i, message) in batch.Index())
        {
            spans[i] = Source.StartActivity($"process {kafka.Topic}", ActivityKind.Consumer, message.Event!.Trace);
            EventBaggage.Read(message.Event.Baggage, spans[i]);
            Describe(spans[i], message, batch.Count);
        }

        return spans;
    }

    private void Describe(Activity? span, ReceivedMessage message, int batchSize) => span?
        .SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.name", "process")
        .SetTag("messaging.operation.type", "process")
        .SetTag("messaging.consumer.group.name", kafka.GroupId)
        .SetTag("messaging.destination.name", kafka.Topic)
        .SetTag(
            "messaging.destination.partition.id",
            message.Partition.Partition.Value.ToString(CultureInfo.InvariantCulture))
        .SetTag("messaging.kafka.offset", message.Raw.Offset.Value)
        .SetTag("messaging.batch.message_count", batchSize)
        .SetTag("messaging.message.id", message.Event!.EventId.ToString())
        .SetTag("ticket_id", message.Event.AggregateId.ToString());
}
