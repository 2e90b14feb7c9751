using Confluent.Kafka;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Messages that share a transaction. They are collected on the consuming thread and read off it.</summary>
internal sealed class Batch
{
    /// <summary>Bounds memory where messages are large: two batches are held at a time.</summary>
    public const long MostBytes = 8 * 1024 * 1024;

    private readonly List<ConsumeResult<byte[], byte[]>> _raw = [];
    private List<ReceivedMessage>? _read;

    public int Count => _raw.Count;

    public long Bytes { get; private set; }

    /// <summary>Of each partition, the offset to commit when the batch is settled.</summary>
    public IEnumerable<TopicPartitionOffset> Ends => _raw.GroupBy(m => m.TopicPartition)
        .Select(partition => new TopicPartitionOffset(partition.Key, partition.Last().Offset + 1));

    public void Add(ConsumeResult<byte[], byte[]> message)
    {
        _raw.Add(message);
        Bytes += (message.Message.Key?.Length ?? 0) + (message.Message.Value?.Length ?? 0);
    }

    /// <summary>The same messages at every call, so that what is settled stays settled in a retry.</summary>
    public IReadOnlyList<ReceivedMessage> Read() => _read ??= _raw.ConvertAll(EventReader.Read);
}
