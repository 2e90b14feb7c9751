using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Deletes events that were sent long ago, in small steps from the oldest on.</summary>
internal sealed class Retention(
    OutboxStore outbox, RelaySettings settings, RelayMetrics metrics, SchemaGate schema,
    TimeProvider time, ILogger<Retention> logger)
    : PeriodicService(settings.RetentionInterval, schema, time, logger)
{
    private const int Window = 1000;
    private const int MaxWindows = 200;

    /// <summary>Ends at the first window with nothing to delete: what follows is younger.</summary>
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        for (var round = 0; round < MaxWindows; round++)
        {
            var (last, deleted, looked) = await outbox.DeleteSentAsync(
                after, settings.Retention, Window, cancellationToken);
            metrics.Deleted((int)deleted);
            if (deleted == 0 || looked < Window)
            {
                return;
            }

            after = last;
        }
    }
}
