using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Puts events back to pending whose relay died or froze.</summary>
internal sealed partial class Reaper(
    OutboxStore outbox, RelaySettings settings, RelayMetrics metrics, SchemaGate schema, TimeProvider time, ILogger<Reaper> logger)
    : PeriodicService(Interval(settings), schema, time, logger)
{
    private readonly ILogger _logger = logger;

    protected override async Task RunOnceAsync(CancellationToken cancellation)
    {
        var reaped = await outbox.ReapAsync(settings.ProcessingTimeout, cancellation);
        metrics.Reaped(reaped);
        if (reaped > 0)
        {
            LogReaped(reaped, settings.ProcessingTimeout);
        }
    }

    /// <summary>Often enough that a lease is not exceeded by much, seldom enough to cost nothing.</summary>
    private static TimeSpan Interval(RelaySettings settings) =>
        TimeSpan.FromSeconds(Math.Clamp(settings.ProcessingTimeout.TotalSeconds / 10, 0.2, 5));

    [LoggerMessage(LogLevel.Warning, "{Count} events were claimed longer than {Lease} ago and not finished: their relay died or froze; they are pending again")]
    private partial void LogReaped(int count, TimeSpan lease);
}
