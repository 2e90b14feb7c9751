using Confluent.Kafka;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>
/// The loop: collect what is there, process it in one transaction, then store the offsets. The next batch is collected
/// while one is processed, and processed after it. A batch that fails goes to <see cref="Retries"/> and its partitions
/// are paused. The loop polls Kafka however long processing takes, so it keeps its place in the group (P5).
/// </summary>
internal sealed partial class ConsumeLoop(
    IConsumer<byte[], byte[]> consumer, EventProcessor processor, Retries retries, Pauses pauses, Offsets offsets,
    ConsumerLag lag, TopicIdentity topic, SchemaGate schema, KafkaSettings kafka, NotifierSettings settings,
    NotifierMetrics metrics, Presence operators, TimeProvider time, ILogger<ConsumeLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest time without a poll; far below any usable <c>max.poll.interval.ms</c>.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly LogPace _pace = new(time);
    private Batch _underWay = new();
    private Task _processing = Task.CompletedTask;

    /// <summary>Consume blocks, so it runs off the start-up path.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Run(() => LoopAsync(stoppingToken), CancellationToken.None);

    private async Task LoopAsync(CancellationToken stopping)
    {
        try
        {
            await schema.WaitAsync(stopping);
            await operators.WaitAsync(stopping);
            consumer.Subscribe(kafka.Topic);
            while (!stopping.IsCancellationRequested)
            {
                await RoundAsync(stopping);
            }

            await FinishAsync(new Batch(), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The stop is finished below.
        }
        finally
        {
            await retries.StopAsync();
            retries.Collect(consumer, offsets);
            offsets.Commit(consumer);
            Leave();
        }
    }

    /// <summary>A broker that is away cannot be told, and the group notices after its session timeout; either way this
    /// service has stopped as it was asked to.</summary>
    private void Leave()
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException away)
        {
            LogNotLeft(away.Error.Reason);
        }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            await ConsumeAsync(stopping);
        }
        catch (KafkaException failed)
        {
            NotConsumed(failed);
            await Task.Delay(IdleWait, time, stopping);
        }
    }

    private async Task ConsumeAsync(CancellationToken stopping)
    {
        if (topic.Poll(consumer.Assignment) is { } rewind)
        {
            await RewindAsync(rewind, stopping);
        }

        if (operators.Pauses.All)
        {
            await StandStillAsync(stopping);
            return;
        }

        var batch = Collect();
        if (await FinishAsync(batch, stopping) && batch.Count > 0)
        {
            _underWay = batch;
            _processing = Task.Run(() => processor.ProcessAsync(batch.Messages, stopping), CancellationToken.None);
        }

        retries.Collect(consumer, offsets);
        offsets.CommitIfDue(consumer);
        lag.Report(consumer);
    }

    /// <summary>An operator paused everything: it stays in the group, polls, and takes nothing.</summary>
    private async Task StandStillAsync(CancellationToken stopping)
    {
        await FinishAsync(new Batch(), stopping);
        try
        {
            while (operators.Pauses.All && !stopping.IsCancellationRequested)
            {
                pauses.Pause(consumer, consumer.Assignment);
                // From a partition that is assigned just now; it is read again after the pause.
                if (consumer.Consume(IdleWait) is { } message)
                {
                    pauses.Pause(consumer, [message.TopicPartition]);
                    consumer.Seek(message.TopicPartitionOffset);
                }

                retries.Collect(consumer, offsets);
                offsets.CommitIfDue(consumer);
                lag.Report(consumer);
            }
        }
        finally
        {
            pauses.Resume(consumer, consumer.Assignment.Where(partition => !retries.IsRetrying(partition)));
        }
    }

    /// <summary>The topic was made anew: what is under way and its position still belong to the old one.</summary>
    private async Task RewindAsync(Rewind rewind, CancellationToken stopping)
    {
        await FinishAsync(new Batch(), stopping);
        var partitions = consumer.Assignment.Where(p => rewind.Partitions.Contains(p.Partition.Value)).ToList();
        LogRewound(kafka.Topic, rewind.TopicId, string.Join(",", partitions.Select(p => p.Partition.Value)));
        foreach (var partition in partitions)
        {
            retries.Abandon(partition);
        }

        pauses.Resume(consumer, partitions);
        Offsets.Rewind(consumer, partitions);
        try
        {
            await topic.AdoptAsync(rewind.TopicId, [.. partitions.Select(p => p.Partition.Value)], stopping);
        }
        catch (Exception away) when (DatabaseFailure.IsOutage(away))
        {
            // The next look finds the same again; what is read twice is skipped.
            LogNotAdopted(away.Message);
        }
    }

    /// <summary>Waits for the batch under way.</summary>
    /// <returns>False when it failed: then what was collected after it is retried behind it.</returns>
    private async Task<bool> FinishAsync(Batch next, CancellationToken stopping)
    {
        await WaitAsync(next);
        var (done, processing) = (_underWay, _processing);
        (_underWay, _processing) = (new Batch(), Task.CompletedTask);
        try
        {
            await processing;
            offsets.Store(consumer, done.Ends, done.Count);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            if (_pace.Next(failure.Message) is { } reason)
            {
                LogBatchFailed(done.Count, reason);
            }

            retries.Begin(consumer, [.. done.Messages, .. next.Messages]);
            return false;
        }
    }

    /// <summary>Returns when the batch under way has ended. Until then it polls with all partitions paused, as a group
    /// expels members that do not poll and delivers their messages to others.</summary>
    private async Task WaitAsync(Batch next)
    {
        await _processing.WaitAsync(PollInterval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_processing.IsCompleted)
        {
            return;
        }

        try
        {
            while (!_processing.IsCompleted)
            {
                pauses.Pause(consumer, consumer.Assignment);
                // A partition that is assigned just now is not paused yet.
                if (Next(IdleWait, next) is { } message)
                {
                    next.Add(message);
                }

                lag.Report(consumer);
            }
        }
        finally
        {
            pauses.Resume(consumer, consumer.Assignment.Where(partition => !retries.IsRetrying(partition)));
        }
    }

    /// <summary>Takes what is there: at most a batch, and no longer than MaxBatchAge after its first message.</summary>
    private Batch Collect()
    {
        var batch = new Batch();
        // A batch under way is to be finished as soon as it can be, whether another message comes or not.
        var wait = _underWay.Count == 0 ? IdleWait : settings.MaxBatchAge;
        var first = 0L;
        while (batch.Count < settings.BatchSize && batch.Bytes < Batch.MostBytes && Next(wait, batch) is { } message)
        {
            if (batch.Count == 0)
            {
                first = time.GetTimestamp();
            }

            batch.Add(message);
            var left = settings.MaxBatchAge - time.GetElapsedTime(first);
            wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        metrics.Fetched(batch.Count);
        return batch;
    }

    /// <summary>An error ends the collecting; what is collected already is processed first.</summary>
    private ConsumeResult<byte[], byte[]>? Next(TimeSpan wait, Batch collected)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException failed) when (collected.Count > 0)
        {
            NotConsumed(failed);
            return null;
        }
    }

    private void NotConsumed(KafkaException failed)
    {
        if (_pace.Next(failed.Error.Reason) is { } reason)
        {
            LogNotConsumed(reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The group could not be left, its partitions move after a timeout: {Reason}")]
    private partial void LogNotLeft(string reason);

    [LoggerMessage(LogLevel.Warning, "Nothing consumed: {Reason}")]
    private partial void LogNotConsumed(string reason);

    [LoggerMessage(LogLevel.Warning, "A batch of {Count} failed, its partitions are retried on their own: {Reason}")]
    private partial void LogBatchFailed(int count, string reason);

    [LoggerMessage(LogLevel.Warning,
        "Topic {Topic} was made anew, its id is {TopicId} now: reading partitions {Partitions} from the beginning")]
    private partial void LogRewound(string topic, Guid topicId, string partitions);

    [LoggerMessage(LogLevel.Warning,
        "The new topic's id could not be remembered, it is read from the beginning once more: {Reason}")]
    private partial void LogNotAdopted(string reason);
}
