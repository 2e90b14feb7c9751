using Npgsql;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Keeps the gauges of the backlog fresh, so that a scrape costs no query.</summary>
internal sealed partial class BacklogMonitor(
    OutboxStore outbox, Presence operators, RelayMetrics metrics, SchemaGate schema, TimeProvider time,
    ILogger<BacklogMonitor> logger)
    : PeriodicService(TimeSpan.FromSeconds(2), schema, time, logger)
{
    private readonly TimeProvider _time = time;
    private static readonly TimeSpan SequenceInterval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private (long? Id, long Since) _oldest;
    private long? _sequenceLooked;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        metrics.Backlog = WithOwnClock(await outbox.BacklogAsync(cancellationToken, operators.Pauses));
        metrics.Held = await outbox.HeldAsync(cancellationToken);
        if (_sequenceLooked is not { } looked || _time.GetElapsedTime(looked) >= SequenceInterval)
        {
            _sequenceLooked = _time.GetTimestamp();
            await LookAtSequenceAsync(cancellationToken);
        }
    }

    /// <summary>A database's clock that was set back makes every event look young: the lag is at least how long this
    /// relay has seen the oldest one wait.</summary>
    private Backlog WithOwnClock(Backlog backlog)
    {
        if (backlog.OldestId != _oldest.Id)
        {
            _oldest = (backlog.OldestId, _time.GetTimestamp());
        }

        var seen = backlog.OldestId is null ? 0 : _time.GetElapsedTime(_oldest.Since).TotalSeconds;
        return backlog with { LagSeconds = Math.Max(backlog.LagSeconds, seen) };
    }

    private async Task LookAtSequenceAsync(CancellationToken cancellationToken)
    {
        try
        {
            metrics.SequenceBehind = await outbox.SequenceBehindAsync(cancellationToken);
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            LogNotSeen(denied.MessageText);
            return;
        }

        if (metrics.SequenceBehind > 0)
        {
            LogSequenceBehind(metrics.SequenceBehind);
        }
    }

    [LoggerMessage(LogLevel.Error,
        "The sequence of outbox ids is {Behind} behind the ids that exist, as after a restore or a replication: new "
        + "events come before older unsent ones of their ticket, and inserts whose id is still in the queue fail. "
        + "Run the migrator, or as the table's owner: SELECT setval('outbox_id_seq', (SELECT max(id) FROM outbox))")]
    private partial void LogSequenceBehind(long behind);

    [LoggerMessage(LogLevel.Warning,
        "Cannot see whether outbox_id_seq is behind: {Reason}; run the migrator, which grants it")]
    private partial void LogNotSeen(string reason);
}
