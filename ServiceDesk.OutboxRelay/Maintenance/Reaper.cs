using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Maintenance;

/// <summary>Puts events back to pending whose relay died or froze. Where the database's clock was set back, claims and
/// retries lie in its future; then the relay's own clock counts how long they have been seen there (P5).</summary>
internal sealed partial class Reaper(
    OutboxStore outbox, RelaySettings settings, RelayMetrics metrics, SchemaGate schema, TimeProvider time,
    ILogger<Reaper> logger)
    : PeriodicService(Interval(settings), schema, time, logger)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private Dictionary<AheadOfTheClock, long> _ahead = [];

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var overdue = await OverdueAsync(cancellationToken);
        var tokens = overdue.Where(row => row.Token is not null).Select(row => row.Token!.Value).Distinct().ToArray();
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
        "{Count} events were claimed more than {Lease} ago and not settled: their relay died or froze. "
        + "They are pending again")]
    private partial void LogReaped(int count, TimeSpan lease);

    [LoggerMessage(LogLevel.Warning,
        "{Count} events waited for a retry later than OutboxRelay:MaxBackoff ({Longest}): "
        + "the database's clock was set back. They are due now")]
    private partial void LogMadeDue(int count, TimeSpan longest);
}
