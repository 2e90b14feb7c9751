using System.Collections.Concurrent;
using Confluent.Kafka;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Partitions whose messages failed: each is paused and retried on its own, in order, while the others go on.
/// At most one batch per partition is held. Its public methods are for the consuming thread only.</summary>
internal sealed class Retries(PartitionRetry retry, Pauses pauses, NotifierMetrics metrics)
{
    private readonly Dictionary<TopicPartition, (CancellationTokenSource Cancel, Task Task)> _running = [];
    private readonly ConcurrentQueue<(CancellationTokenSource Run, List<ReceivedMessage> Messages)> _finished = new();

    /// <summary>Partitions that stay paused until their retry is finished.</summary>
    public bool IsRetrying(TopicPartition partition) => _running.ContainsKey(partition);

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

            pauses.Pause(consumer, [partition.Key]);
            var cancel = new CancellationTokenSource();
            _running[partition.Key] =
                (cancel, Task.Run(() => RunAsync(partition.ToList(), cancel), CancellationToken.None));
        }

        metrics.Retrying(_running.Count);
    }

    /// <summary>Takes up partitions whose retry is finished.</summary>
    public void Collect(IConsumer<byte[], byte[]> consumer, Offsets offsets)
    {
        while (_finished.TryDequeue(out var finished))
        {
            var done = finished.Messages;
            // A partition that left and came back may be in a later retry; this result is not that one's.
            if (_running.TryGetValue(done[^1].Partition, out var run) && run.Cancel == finished.Run)
            {
                _running.Remove(done[^1].Partition);
                run.Cancel.Dispose();
                offsets.Store(consumer, [done[^1].Next], done.Count);
                pauses.Resume(consumer, [done[^1].Partition]);
                metrics.Retrying(_running.Count);
            }
        }
    }

    /// <summary>Ends a partition's retry: it is another member's now, or is read anew.</summary>
    public void Abandon(TopicPartition partition)
    {
        if (_running.Remove(partition, out var run))
        {
            run.Cancel.Cancel();
            metrics.Retrying(_running.Count);
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

    /// <summary>A cancelled retry reports nothing: what it did is skipped as duplicates when read again.</summary>
    private async Task RunAsync(List<ReceivedMessage> messages, CancellationTokenSource run)
    {
        try
        {
            await retry.RunAsync(messages, run.Token);
            _finished.Enqueue((run, messages));
        }
        catch (Exception) when (run.IsCancellationRequested)
        {
            // The partition moved or the service stops; other exceptions may end the try before cancellation does.
        }
    }
}
