using Confluent.Kafka;
using ServiceDesk.Operator.CommandLine;

namespace ServiceDesk.Operator.Kafka;

/// <summary>Reads a topic's partitions from chosen offsets, in the order in which the messages arrive here.</summary>
internal static class TopicScan
{
    /// <summary>How far back a search looks in each partition unless it is told to begin at the beginning.</summary>
    public const int SearchDepth = 10_000;

    /// <param name="newest">How many of the newest messages of each partition to begin with; null: all of them.</param>
    /// <param name="follow">Whether to wait for new messages at the end, until the deadline.</param>
    public static IEnumerable<Message> Read(
        Broker broker, string topic, int? newest, bool follow, TimeSpan limit, CancellationToken cancelled)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        deadline.CancelAfter(limit);
        using var reader = broker.Reader();
        var open = Assign(broker, reader, topic, newest, follow);
        while (open.Count > 0 && Next(reader, deadline.Token) is { } result)
        {
            if (!result.IsPartitionEOF)
            {
                yield return Message.From(result);
            }
            else if (!follow)
            {
                open.Remove(result.Partition);
            }
        }

        cancelled.ThrowIfCancellationRequested();
    }

    private static HashSet<Partition> Assign(
        Broker broker, IConsumer<byte[], byte[]> reader, string topic, int? newest, bool follow)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var partition in broker.Partitions(topic))
        {
            var range = reader.QueryWatermarkOffsets(partition, DiagSettings.AnswerTimeout);
            var start = newest is { } count ? Math.Max(range.Low.Value, range.High.Value - count) : range.Low.Value;
            if (follow || start < range.High.Value)
            {
                starts.Add(new(partition, start));
            }
        }

        reader.Assign(starts);
        return [.. starts.Select(s => s.Partition)];
    }

    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> reader, CancellationToken deadline)
    {
        try
        {
            return reader.Consume(deadline);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
