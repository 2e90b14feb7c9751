using Confluent.Kafka;
using ServiceDesk.Clients;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Offsets of messages whose transaction is committed: stored at once, committed to Kafka at intervals. Only
/// the consuming thread uses it.</summary>
internal sealed partial class Offsets(
    NotifierSettings settings, NotifierMetrics metrics, TimeProvider time, ILogger<Offsets> logger)
{
    private readonly LogPace _pace = new(time);
    private long _lastCommit;
    private int _uncommitted;

    /// <param name="consumer">The consumer that read the messages.</param>
    /// <param name="next">One offset for each partition.</param>
    /// <param name="messages">How many messages they stand for.</param>
    public void Store(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartitionOffset> next, int messages)
    {
        foreach (var offset in next)
        {
            try
            {
                consumer.StoreOffset(offset);
            }
            catch (KafkaException moved)
            {
                // The partition is another member's by now; it reads these messages again and skips them.
                LogMoved(offset.Partition.Value, moved.Error.Reason);
            }
        }

        _uncommitted += messages;
    }

    /// <summary>Has partitions read from the beginning, and commits that, so that a crash does not bring the old
    /// position back. Messages read twice are skipped as duplicates (P2).</summary>
    /// <exception cref="KafkaException">Not all of it is done; the caller must try again.</exception>
    public static void Rewind(IConsumer<byte[], byte[]> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            consumer.StoreOffset(new TopicPartitionOffset(partition, 0));
            consumer.Seek(new TopicPartitionOffset(partition, Offset.Beginning));
        }

        consumer.Commit(partitions.Select(partition => new TopicPartitionOffset(partition, 0)));
    }

    public void CommitIfDue(IConsumer<byte[], byte[]> consumer)
    {
        if (_uncommitted > 0 && time.GetElapsedTime(_lastCommit) >= settings.CommitInterval)
        {
            Commit(consumer);
        }
    }

    /// <summary>A commit that fails is no loss: its messages are delivered again and skipped as duplicates.</summary>
    public void Commit(IConsumer<byte[], byte[]> consumer)
    {
        if (_uncommitted == 0)
        {
            return;
        }

        _lastCommit = time.GetTimestamp();
        try
        {
            consumer.Commit();
            metrics.Committed(_uncommitted);
            _uncommitted = 0;
        }
        catch (KafkaException failed) when (failed.Error.Code == ErrorCode.Local_NoOffset)
        {
            _uncommitted = 0;
        }
        catch (KafkaException failed)
        {
            if (_pace.Next(failed.Error.Reason) is { } reason)
            {
                LogNotCommitted(reason);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Partition {Partition} is not ours any more: {Reason}")]
    private partial void LogMoved(int partition, string reason);

    [LoggerMessage(LogLevel.Warning, "Offsets not committed, trying again with the next ones: {Reason}")]
    private partial void LogNotCommitted(string reason);
}
