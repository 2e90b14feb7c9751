using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Consuming;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Processes held events whose ticket waits no longer, a ticket's one after the other (P3). Two notifiers may
/// take the same: its effect happens once (P2), and the next one is taken only when it is gone.</summary>
internal sealed class HeldRelease(
    HeldEvents held, PartitionRetry retry, Presence operators, NotifierMetrics metrics, SchemaGate schema,
    TimeProvider time, ILogger<HeldRelease> logger)
    : PeriodicService(TimeSpan.FromMilliseconds(500), schema, time, logger)
{
    private const int Limit = 200;

    /// <summary>Rounds without a look while this notifier knows of nothing that is held. What others held before they
    /// died is found a few seconds later.</summary>
    private const int IdleRounds = 8;

    private int _skipped = IdleRounds;

    protected override async Task RunOnceAsync(CancellationToken cancellation)
    {
        if (metrics.Held == 0 && !held.HasAdded() && ++_skipped < IdleRounds)
        {
            return;
        }

        _skipped = 0;
        metrics.Held = await held.CountAsync(cancellation);
        while (metrics.Held > 0 && operators.Pauses is { All: false } paused
            && await held.NextAsync(paused, Limit, cancellation) is { Count: > 0 } next)
        {
            // Each partition's own, as a retry reports by partition.
            await Task.WhenAll(next.Select(n => n.Message).GroupBy(m => m.Partition)
                .Select(partition => retry.RunAsync(partition.ToList(), cancellation)));
            await held.ReleaseAsync([.. next.Select(n => n.Id)], cancellation);
            metrics.Held = await held.CountAsync(cancellation);
        }
    }
}
