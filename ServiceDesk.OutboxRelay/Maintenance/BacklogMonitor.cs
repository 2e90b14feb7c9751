using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Keeps the gauges of the backlog fresh, so that a scrape costs no query.</summary>
internal sealed class BacklogMonitor(
    OutboxStore outbox, RelayMetrics metrics, SchemaGate schema, TimeProvider time, ILogger<BacklogMonitor> logger)
    : PeriodicService(TimeSpan.FromSeconds(2), schema, time, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellation) =>
        metrics.Backlog = await outbox.BacklogAsync(cancellation);
}
