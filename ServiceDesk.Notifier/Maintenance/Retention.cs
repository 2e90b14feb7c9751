using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Processing;

namespace ServiceDesk.Notifier.Maintenance;

/// <summary>Forgets events that were processed long ago, in small steps.</summary>
internal sealed class Retention(
    ProcessedEvents processed, NotifierSettings settings, NotifierMetrics metrics, SchemaGate schema,
    TimeProvider time, ILogger<Retention> logger)
    : PeriodicService(settings.RetentionInterval, schema, time, logger)
{
    private const int Step = 1000;
    private const int MaxSteps = 200;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var deleted = await processed.DeleteDoneAsync(settings.Retention, Step, cancellationToken);
            metrics.Deleted(deleted);
            if (deleted < Step)
            {
                return;
            }
        }
    }
}
