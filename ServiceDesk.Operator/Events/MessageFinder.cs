using Confluent.Kafka;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Events;

/// <summary>Finds an event's message in its topic: the outbox does not know the place, but when it was sent. Bounded in
/// time and in messages.</summary>
internal static class MessageFinder
{
    private const int MostMessages = 50_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The broker's clock and the database's may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    /// <exception cref="DiagException">There is no such topic.</exception>
    public static MessageLocation Find(
        DiagSettings settings, Guid eventId, DateTimeOffset sentAt, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var broker = new Broker(settings);
        using var reader = broker.Reader();
        var from = new Timestamp((sentAt - Skew).UtcDateTime);
        var starts = reader.OffsetsForTimes(
            broker.Partitions(settings.Topic).Select(p => new TopicPartitionTimestamp(p, from)),
            DiagSettings.AnswerTimeout);
        if (starts.All(s => s.Offset == Offset.End))
        {
            // So says a broker that does not look at times, such as eng/LocalKafka.
            starts = [.. starts.Select(s => Newest(reader, s.TopicPartition))];
        }

        var open = starts.Where(s => s.Offset != Offset.End).Select(s => s.Partition).ToHashSet();
        reader.Assign(starts.Where(s => open.Contains(s.Partition)));
        var looked = 0;
        try
        {
            while (open.Count > 0 && looked < MostMessages)
            {
                var result = reader.Consume(limit.Token);
                if (result.IsPartitionEOF || result.Message.Timestamp.UtcDateTime > (sentAt + Skew).UtcDateTime)
                {
                    open.Remove(result.Partition);
                    continue;
                }

                looked++;
                if (Message.From(result) is var message && message.EventId == eventId.ToString())
                {
                    return new(
                        true, looked, settings.Topic, message.At.Partition.Value, message.At.Offset.Value,
                        new DateTimeOffset(message.Time, TimeSpan.Zero), message.Value,
                        message.Headers.DistinctBy(h => h.Key).ToDictionary(h => h.Key, h => h.Value));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Out of patience.
        }

        return new(false, looked, settings.Topic);
    }

    private static TopicPartitionOffset Newest(IConsumer<byte[], byte[]> reader, TopicPartition partition)
    {
        var range = reader.QueryWatermarkOffsets(partition, DiagSettings.AnswerTimeout);
        return new(partition, range.High == range.Low
            ? Offset.End
            : Math.Max(range.Low.Value, range.High.Value - TopicScan.SearchDepth));
    }
}
