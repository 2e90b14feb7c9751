using Confluent.Kafka;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Keeps <c>notify_lag</c> right. The client knows where a partition ends only from what it fetches, and its
/// own position only from the first message on; for the rest the broker is asked. Only the consuming thread uses
/// it.</summary>
internal sealed class ConsumerLag(Pauses pauses, NotifierMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Where reading began in partitions that have had no message since they were assigned.</summary>
    private readonly Dictionary<TopicPartition, Offset> _starts = [];

    private long _lastReport;
    private long _lastAsked;

    /// <summary>Has the broker asked at once: nothing is known of a new partition.</summary>
    public void Assigned() => (_lastReport, _lastAsked) = (0, 0);

    public void Left(TopicPartition partition)
    {
        _starts.Remove(partition);
        metrics.NoLag(partition.Partition.Value);
    }

    /// <summary>A partition whose end nobody can tell now keeps the lag that it had, or has none yet.</summary>
    public void Report(IConsumer<byte[], byte[]> consumer)
    {
        if (time.GetElapsedTime(_lastReport) < Interval)
        {
            return;
        }

        _lastReport = time.GetTimestamp();
        var mayAsk = time.GetElapsedTime(_lastAsked) >= AskInterval;
        foreach (var partition in consumer.Assignment)
        {
            // Nothing is fetched from a paused partition.
            var end = pauses.Include(partition) ? Offset.Unset : consumer.GetWatermarkOffsets(partition).High;
            var position = consumer.Position(partition);
            if (position == Offset.Unset && _starts.TryGetValue(partition, out var start))
            {
                position = start;
            }

            if (mayAsk && (end == Offset.Unset || position == Offset.Unset))
            {
                (position, end) = Ask(consumer, partition, position, ref mayAsk);
            }

            if (end != Offset.Unset && position != Offset.Unset)
            {
                metrics.Lag(partition.Partition.Value, Math.Max(0, end.Value - position.Value));
            }
        }
    }

    private (Offset Position, Offset End) Ask(
        IConsumer<byte[], byte[]> consumer, TopicPartition partition, Offset position, ref bool mayAsk)
    {
        _lastAsked = time.GetTimestamp();
        try
        {
            var range = consumer.QueryWatermarkOffsets(partition, Timeout);
            if (position == Offset.Unset)
            {
                // A group that has committed nothing begins at the oldest message, as after one that is deleted.
                var committed = consumer.Committed([partition], Timeout)[0].Offset;
                position = _starts[partition] = Math.Max(committed.Value, range.Low.Value);
            }

            return (position, range.High);
        }
        catch (KafkaException)
        {
            // The other partitions would wait as long, and the group waits for a poll.
            mayAsk = false;
            return (position, Offset.Unset);
        }
    }
}
