using Confluent.Kafka;

namespace ServiceDesk.Notifier.Events;

/// <summary>A message, with the event read from it, or the reason why none could be.</summary>
/// <param name="Raw">As it came from Kafka.</param>
/// <param name="Event">Null when the message cannot be processed.</param>
/// <param name="Unreadable">Why, when <paramref name="Event"/> is null.</param>
internal sealed record ReceivedMessage(ConsumeResult<byte[], byte[]> Raw, TicketEvent? Event, string? Unreadable)
{
    public TopicPartition Partition => Raw.TopicPartition;

    /// <summary>The offset to commit when this message is done.</summary>
    public TopicPartitionOffset Next => new(Raw.TopicPartition, Raw.Offset + 1);
}
