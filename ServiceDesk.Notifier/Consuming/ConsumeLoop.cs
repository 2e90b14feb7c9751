using Confluent.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>
/// The loop: collect what is there, process it in one transaction, then store the offsets. While one batch is processed the
/// next is collected; they are processed one after the other. A batch that fails is handed to <see cref="Retries"/>, its
/// partitions paused: the loop goes on with the others, and keeps its place in the group.
/// </summary>
internal sealed partial class ConsumeLoop(
    IConsumer<byte[], byte[]> consumer, EventProcessor processor, Retries retries, Offsets offsets, SchemaGate schema,
    KafkaSettings kafka, NotifierSettings settings, NotifierMetrics metrics, TimeProvider time, ILogger<ConsumeLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);

    private List<ReceivedMessage> _underWay = [];
    private Task _processing = Task.CompletedTask;
    private long _lastLag;

    /// <summary>Off the start-up path at once: Consume blocks its thread.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => LoopAsync(stoppingToken), CancellationToken.None);

    private async Task LoopAsync(CancellationToken stopping)
    {
        try
        {
            await schema.WaitAsync(stopping);
            consumer.Subscribe(kafka.Topic);
            while (!stopping.IsCancellationRequested)
            {
                await RoundAsync(stopping);
            }

            await FinishAsync([], stopping);
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
            consumer.Close();
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
            LogNotConsumed(failed.Error.Reason);
            await Task.Delay(IdleWait, time, stopping);
        }
    }

    private async Task ConsumeAsync(CancellationToken stopping)
    {
        var batch = Collect();
        if (await FinishAsync(batch, stopping) && batch.Count > 0)
        {
            _underWay = batch;
            _processing = Task.Run(() => processor.ProcessAsync(batch, stopping), CancellationToken.None);
        }

        retries.Collect(consumer, offsets);
        offsets.CommitIfDue(consumer);
        ReportLag();
    }

    /// <summary>Waits for the batch under way.</summary>
    /// <returns>False when it failed: then what was collected after it is retried behind it.</returns>
    private async Task<bool> FinishAsync(List<ReceivedMessage> next, CancellationToken stopping)
    {
        var (done, processing) = (_underWay, _processing);
        (_underWay, _processing) = ([], Task.CompletedTask);
        try
        {
            await processing;
            offsets.Store(consumer, done.GroupBy(m => m.Partition).Select(p => p.Last().Next), done.Count);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogBatchFailed(done.Count, failure.Message);
            retries.Begin(consumer, [.. done, .. next]);
            return false;
        }
    }

    /// <summary>Takes what is there: at most a batch, and no longer than MaxBatchAge after its first message.</summary>
    private List<ReceivedMessage> Collect()
    {
        var batch = new List<ReceivedMessage>();
        // A batch under way is to be finished as soon as it can be, whether another message comes or not.
        var wait = _underWay.Count == 0 ? IdleWait : settings.MaxBatchAge;
        var first = 0L;
        while (batch.Count < settings.BatchSize && Next(wait, batch) is { } message)
        {
            if (batch.Count == 0)
            {
                first = time.GetTimestamp();
            }

            batch.Add(EventReader.Read(message));
            var left = settings.MaxBatchAge - time.GetElapsedTime(first);
            wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        metrics.Fetched(batch.Count);
        return batch;
    }

    /// <summary>An error ends the collecting; what is collected already is processed first.</summary>
    private ConsumeResult<byte[], byte[]>? Next(TimeSpan wait, List<ReceivedMessage> collected)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException failed) when (collected.Count > 0)
        {
            LogNotConsumed(failed.Error.Reason);
            return null;
        }
    }

    private void ReportLag()
    {
        if (time.GetElapsedTime(_lastLag) < LagInterval)
        {
            return;
        }

        _lastLag = time.GetTimestamp();
        foreach (var partition in consumer.Assignment)
        {
            var end = consumer.GetWatermarkOffsets(partition).High;
            var position = consumer.Position(partition);
            if (end != Offset.Unset && position != Offset.Unset)
            {
                metrics.Lag(partition.Partition.Value, Math.Max(0, end.Value - position.Value));
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nothing consumed: {Reason}")]
    private partial void LogNotConsumed(string reason);

    [LoggerMessage(LogLevel.Warning, "A batch of {Count} failed, its partitions are retried on their own: {Reason}")]
    private partial void LogBatchFailed(int count, string reason);
}
