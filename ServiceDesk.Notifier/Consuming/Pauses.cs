using Confluent.Kafka;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Which partitions are paused. The client keeps a pause beyond the assignment, so a partition that left while
/// paused would come back paused and never be read. Only the consuming thread uses it.</summary>
internal sealed class Pauses
{
    private readonly HashSet<TopicPartition> _paused = [];

    public bool Include(TopicPartition partition) => _paused.Contains(partition);

    public void Pause(IConsumer<byte[], byte[]> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        _paused.UnionWith(partitions);
        consumer.Pause(partitions);
    }

    /// <summary>Resumes those that are paused; the client refuses some that it has never read.</summary>
    public void Resume(IConsumer<byte[], byte[]> consumer, IEnumerable<TopicPartition> partitions) =>
        consumer.Resume([.. partitions.Where(_paused.Remove)]);
}
