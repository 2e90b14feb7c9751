using System.Diagnostics;
using System.Globalization;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Spans named by OpenTelemetry's messaging conventions. Each event continues its own trace, although a batch
/// shares its transaction.</summary>
internal sealed class ConsumerTracing(KafkaSettings kafka)
{
    private static readonly ActivitySource Source = new("ServiceDesk.Notifier");

    public List<Activity> Start(List<ReceivedMessage> batch)
    {
        var spans = new List<Activity>();
        if (!Source.HasListeners())
        {
            return spans;
        }

        foreach (var message in batch)
        {
            if (Source.StartActivity($"process {kafka.Topic}", ActivityKind.Consumer, message.Event!.Trace) is { } span)
            {
                spans.Add(Describe(span, message, batch.Count));
            }
        }

        return spans;
    }

    private Activity Describe(Activity span, ReceivedMessage message, int batchSize) => span
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
