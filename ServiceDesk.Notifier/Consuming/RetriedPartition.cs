using Confluent.Kafka;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Consuming;

/// <param name="Partition">The partition that was retried.</param>
/// <param name="Done">The messages that are done, in order; all of them unless the retry was cancelled.</param>
internal sealed record RetriedPartition(TopicPartition Partition, IReadOnlyList<ReceivedMessage> Done);
