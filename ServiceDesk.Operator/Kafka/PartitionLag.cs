using ServiceDesk.Operator.CommandLine;

namespace ServiceDesk.Operator.Kafka;

/// <summary>How far a group has come in a partition. Committed is null where it has never committed.</summary>
internal sealed record PartitionLag(int Partition, long? Committed, long Begin, long End)
{
    // A group without a commit begins at the beginning, as the notifier is configured.
    public long Lag => Math.Max(0, End - Math.Max(Committed ?? Begin, Begin));

    public static IReadOnlyList<PartitionLag> Read(Broker broker, string group, string topic)
    {
        using var reader = broker.Reader(group);
        var partitions = broker.Partitions(topic);
        var committed = reader.Committed(partitions, DiagSettings.AnswerTimeout)
            .ToDictionary(c => c.Partition, c => c.Offset);
        return [.. partitions.Select(partition =>
        {
            var range = reader.QueryWatermarkOffsets(partition, DiagSettings.AnswerTimeout);
            var offset = committed[partition.Partition];
            return new PartitionLag(
                partition.Partition.Value, offset.IsSpecial ? null : offset.Value, range.Low.Value, range.High.Value);
        })];
    }
}
