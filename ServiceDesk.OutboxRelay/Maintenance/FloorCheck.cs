using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Looks for unsent events below the ids that claims read: those an operator replayed, and those with ids from
/// a sequence that was set back. While a transaction is held open, a look passes over everything sent since; so it is
/// as rare as keeps it below a fiftieth of the time.</summary>
internal sealed class FloorCheck(OutboxStore outbox, SchemaGate schema, TimeProvider time, ILogger<FloorCheck> logger)
    : PeriodicService(TimeSpan.FromSeconds(1), schema, time, logger)
{
    private const int Share = 50;

    private readonly TimeProvider _time = time;
    private (long At, TimeSpan Took) _last;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(_last.At) < _last.Took * Share)
        {
            return;
        }

        var started = _time.GetTimestamp();
        await outbox.LookBelowFloorAsync(cancellationToken);
        _last = (_time.GetTimestamp(), _time.GetElapsedTime(started));
    }
}
