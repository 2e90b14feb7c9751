using Confluent.Kafka;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Handles the group moving partitions; all of it runs inside a call to Consume, on its thread.</summary>
internal sealed partial class RebalanceHandler(
    Offsets offsets, Retries retries, Pauses pauses, ConsumerLag lag, ILogger<RebalanceHandler> logger)
{
    /// <summary>The partitions that this notifier reads, in words.</summary>
    public string Partitions { get; private set; } = "";

    public void Attach(ConsumerBuilder<byte[], byte[]> builder) => builder
        .SetPartitionsAssignedHandler((consumer, partitions) =>
        {
            LogAssigned(Numbers(partitions));
            pauses.Resume(consumer, partitions);
            lag.Assigned();
            Hold(consumer.Assignment.Concat(partitions));
        })
        .SetPartitionsRevokedHandler((consumer, partitions) =>
        {
            LogRevoked(Numbers(partitions));
            offsets.Commit(consumer);
            Leave(partitions);
            Hold(consumer.Assignment.Except(partitions.Select(p => p.TopicPartition)));
        })
        .SetPartitionsLostHandler((consumer, partitions) =>
        {
            LogLost(Numbers(partitions));
            Leave(partitions);
            Hold(consumer.Assignment.Except(partitions.Select(p => p.TopicPartition)));
        });

    private void Hold(IEnumerable<TopicPartition> partitions) =>
        Partitions = $"partitions {Numbers(partitions.Distinct().OrderBy(p => p.Partition.Value))}";

    private void Leave(List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
        {
            retries.Abandon(partition.TopicPartition);
            lag.Left(partition.TopicPartition);
        }
    }

    private static string Numbers(IEnumerable<TopicPartition> partitions) =>
        string.Join(",", partitions.Select(p => p.Partition.Value));

    private static string Numbers(IEnumerable<TopicPartitionOffset> partitions) =>
        Numbers(partitions.Select(p => p.TopicPartition));

    [LoggerMessage(LogLevel.Information, "Partitions assigned: {Partitions}")]
    private partial void LogAssigned(string partitions);

    [LoggerMessage(LogLevel.Information, "Partitions revoked: {Partitions}")]
    private partial void LogRevoked(string partitions);

    [LoggerMessage(LogLevel.Warning,
        "Partitions lost, their uncommitted messages are read again by another member: {Partitions}")]
    private partial void LogLost(string partitions);
}
