using System.Collections.Concurrent;
using Confluent.Kafka;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Partitions whose messages failed: each is paused and retried on its own, in order, while the others go on.
/// At most one batch per partition is held. Its public methods are for the consuming thread only.</summary>
internal sealed class Retries(PartitionRetry retry)
{
    private readonly Dictionary<TopicPartition, (CancellationTokenSource Cancel, Task Task)> _running = [];
    private readonly ConcurrentQueue<RetriedPartition> _finished = new();

    /// <summary>Pauses the partitions of a failed batch and starts to retry them.</summary>
    public void Begin(IConsumer<byte[], byte[]> consumer, IEnumerable<ReceivedMessage> batch)
    {
        foreach (var partition in batch.GroupBy(m => m.Partition))
        {
            // A partition can have left while the batch was processed: then its new owner retries.
            if (!consumer.Assignment.Contains(partition.Key))
            {
                continue;
            }

            consumer.Pause([partition.Key]);
            var cancel = new CancellationTokenSource();
            var messages = partition.ToList();
            _running[partition.Key] = (cancel, Task.Run(async () =>
                _finished.Enqueue(await retry.RunAsync(partition.Key, messages, cancel.Token)), CancellationToken.None));
        }
    }

    /// <summary>Takes up partitions whose retry is finished.</summary>
    public void Collect(IConsumer<byte[], byte[]> consumer, Offsets offsets)
    {
        while (_finished.TryDequeue(out var finished))
        {
            if (finished.Done.Count > 0)
            {
                offsets.Store(consumer, [finished.Done[^1].Next], finished.Done.Count);
            }

            if (_running.Remove(finished.Partition, out var run))
            {
                run.Cancel.Dispose();
                consumer.Resume([finished.Partition]);
            }
        }
    }

    /// <summary>The partition is another member's now.</summary>
    public void Abandon(TopicPartition partition)
    {
        if (_running.Remove(partition, out var run))
        {
            run.Cancel.Cancel();
        }
    }

    /// <summary>Ends all retries; what is not done stays uncommitted.</summary>
    public async Task StopAsync()
    {
        foreach (var (cancel, _) in _running.Values)
        {
            await cancel.CancelAsync();
        }

        await Task.WhenAll(_running.Values.Select(r => r.Task));
    }
}
