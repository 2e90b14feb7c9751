using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Puts events back to pending whose relay died or froze, or never heard that it has them. Where the
/// database's clock was set back, claims and retries lie in its future; then the relay's own clock counts how long they
/// have been seen there (P5).</summary>
internal sealed partial class Reaper(
    OutboxStore outbox, RelaySettings settings, RelayMetrics metrics, SchemaGate schema, TimeProvider time,
    ILogger<Reaper> logger)
    : PeriodicService(Interval(settings), schema, time, logger)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly Queue<(Guid Token, long Since)> _failedClaims = [];
    private Dictionary<AheadOfTheClock, long> _ahead = [];

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var failed = FailedClaims();
        var overdue = await OverdueAsync(cancellationToken);
        var tokens = overdue.Select(row => row.Token).OfType<Guid>().Concat(failed).Distinct().ToArray();
        var reaped = await outbox.ReapAsync(settings.ProcessingTimeout, cancellationToken, tokens);
        metrics.Reaped(reaped);
        if (reaped > 0)
        {
            LogReaped(reaped, settings.ProcessingTimeout);
        }

        if (overdue.Where(row => row.Token is null).Select(row => row.Id).ToArray() is { Length: > 0 } waiting)
        {
            LogMadeDue(await outbox.MakeDueAsync(waiting, settings.MaxBackoff, cancellationToken), settings.MaxBackoff);
        }
    }

    /// <summary>Looks for each until its lease would end: the server may go on with a claim, and commit it, after the
    /// relay gave up on it.</summary>
    private IEnumerable<Guid> FailedClaims()
    {
        while (_failedClaims.TryPeek(out var claim) && _time.GetElapsedTime(claim.Since) > settings.ProcessingTimeout)
        {
            _failedClaims.Dequeue();
        }

        while (outbox.FailedClaims.TryDequeue(out var token))
        {
            _failedClaims.Enqueue((token, _time.GetTimestamp()));
        }

        return _failedClaims.Select(claim => claim.Token);
    }

    /// <returns>What has been in the clock's future for longer than a lease.</returns>
    private async Task<List<AheadOfTheClock>> OverdueAsync(CancellationToken cancellationToken)
    {
        var found = await outbox.FindAheadOfTheClockAsync(settings.MaxBackoff, cancellationToken);
        var now = _time.GetTimestamp();
        _ahead = found.ToDictionary(row => row, row => _ahead.GetValueOrDefault(row, now));
        return [.. found.Where(row => _time.GetElapsedTime(_ahead[row]) > settings.ProcessingTimeout)];
    }

    /// <summary>Often enough that a lease is not exceeded by much, seldom enough to cost nothing.</summary>
    private static TimeSpan Interval(RelaySettings settings) =>
        TimeSpan.FromSeconds(Math.Clamp(settings.ProcessingTimeout.TotalSeconds / 10, 0.2, 5));

    [LoggerMessage(LogLevel.Warning,
        "{Count} events were claimed and not settled: their relay died or froze, so that their lease of {Lease} ended, "
        + "or its claim failed after the commit. They are pending again")]
    private partial void LogReaped(int count, TimeSpan lease);

    [LoggerMessage(LogLevel.Warning,
        "{Count} events waited for a retry later than OutboxRelay:MaxBackoff ({Longest}): "
        + "the database's clock was set back. They are due now")]
    private partial void LogMadeDue(int count, TimeSpan longest);
}
