using Confluent.Kafka;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Messages that share a transaction.</summary>
internal sealed class Batch
{
    /// <summary>Bounds memory where messages are large: two batches are held at a time.</summary>
    public const long MostBytes = 8 * 1024 * 1024;

    private readonly List<ReceivedMessage> _messages = [];

    public IReadOnlyList<ReceivedMessage> Messages => _messages;

    public int Count => _messages.Count;

    public long Bytes { get; private set; }

    /// <summary>Of each partition, the offset to commit when the batch is settled.</summary>
    public IEnumerable<TopicPartitionOffset> Ends =>
        _messages.GroupBy(m => m.Partition).Select(partition => partition.Last().Next);

    /// <summary>Reads the message on the consuming thread, while the previous batch waits for the database.</summary>
    public void Add(ConsumeResult<byte[], byte[]> message)
    {
        _messages.Add(EventReader.Read(message));
        Bytes += (message.Message.Key?.Length ?? 0) + (message.Message.Value?.Length ?? 0);
    }
}
