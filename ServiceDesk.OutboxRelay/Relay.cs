using ServiceDesk.Clients;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;

namespace ServiceDesk.OutboxRelay;

/// <summary>The loop: claim, publish, settle. While a batch waits for the broker the next one is claimed; events of one
/// ticket never overlap, because a claim leaves out tickets that have an event in flight (P3).</summary>
internal sealed partial class Relay(
    OutboxStore outbox, Publisher publisher, Settlement settlement, OutboxListener hints, Presence operators,
    SchemaGate schema, RelaySettings settings, TimeProvider time, ILogger<Relay> logger) : BackgroundService
{
    /// <summary>After a stop, batches under way get this long before their events are handed back.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>The poll of a relay that has been idle for a while and listens to hints.</summary>
    private static readonly TimeSpan IdlePollInterval = TimeSpan.FromSeconds(1);

    /// <summary>How soon it goes on after a resume, beside the time until that is seen.</summary>
    private static readonly TimeSpan PausedInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<Task> _underWay = [];
    private readonly Pace _batches = new(settings.BatchSize, settings.BatchesInFlight);
    private readonly LogPace _pace = new(time);
    private readonly CancellationTokenSource _giveUp = new();
    private int _brokerOutages;
    private int _failures;
    private long _lastClaim;
    private TimeSpan _claimTook;
    private bool _hasBlocked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await schema.WaitAsync(stoppingToken);
            await operators.WaitAsync(stoppingToken);
            while (true)
            {
                stoppingToken.ThrowIfCancellationRequested();
                await RoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _giveUp.CancelAfter(Grace);
            await Task.WhenAll(_underWay);
        }
    }

    public override void Dispose()
    {
        _giveUp.Dispose();
        base.Dispose();
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            await MakeRoomAsync(stopping);
            var paused = operators.Pauses;
            if (paused.All)
            {
                await Task.Delay(PausedInterval, time, stopping);
                return;
            }

            // Not cancelled by the stop: a claim that was made must be known, to be handed back.
            var started = time.GetTimestamp();
            var batch = await outbox.ClaimAsync(_batches.BatchSize, paused, CancellationToken.None);
            _claimTook = time.GetElapsedTime(started);
            _batches.Claimed(batch.HasMore);
            Volatile.Write(ref _hasBlocked, batch.HasBlocked);
            if (batch.Events.Count > 0)
            {
                _lastClaim = time.GetTimestamp();
                _underWay.Add(Task.Run(() => FinishAsync(batch), CancellationToken.None));
            }

            if (Volatile.Read(ref _brokerOutages) is > 0 and var outages)
            {
                await Task.Delay(Backoff.Delay(outages, settings.Backoff, settings.MaxBackoff), time, stopping);
            }
            else if (!batch.HasMore)
            {
                await hints.WaitAsync(Pause(), stopping);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (_pace.Next(failure.Message) is { } reason)
            {
                LogClaimFailed(DatabaseFailure.IsOutage(failure) ? null : failure, reason);
            }

            await Task.Delay(Backoff.Delay(++_failures, settings.Backoff, settings.MaxBackoff), time, stopping);
            return;
        }

        _failures = 0;
    }

    /// <summary>No hint announces a retry, so a relay polls often for as long as one may be due.</summary>
    private TimeSpan Pause() =>
        hints.IsListening && settings.PollInterval < IdlePollInterval
        && time.GetElapsedTime(_lastClaim) > settings.MaxBackoff
            ? IdlePollInterval
            : settings.PollInterval;

    private async Task MakeRoomAsync(CancellationToken stopping)
    {
        _underWay.RemoveAll(batch => batch.IsCompleted);
        var started = time.GetTimestamp();
        while (_underWay.Count >= _batches.BatchesInFlight)
        {
            _underWay.Remove(await Task.WhenAny(_underWay).WaitAsync(stopping));
        }

        _batches.MadeRoom(_underWay.Count, time.GetElapsedTime(started), _claimTook);
    }

    private async Task FinishAsync(ClaimedBatch batch)
    {
        // An event that was refused before is published apart, with what follows it in its ticket.
        var suspects = batch.Events.Where(e => e.Attempts > 1).Select(e => e.AggregateId).ToHashSet();
        var parts = batch.Events.ToLookup(e => suspects.Contains(e.AggregateId));
        await Task.WhenAll(
            FinishAsync(batch.Token, [.. parts[false]], publisher.PublishAsync),
            FinishAsync(batch.Token, [.. parts[true]], publisher.PublishOneByOneAsync));
        if (Volatile.Read(ref _hasBlocked))
        {
            hints.Wake();
        }
    }

    private async Task FinishAsync(
        Guid token, List<OutboxEvent> events,
        Func<IReadOnlyList<OutboxEvent>, CancellationToken, Task<IReadOnlyList<Delivery>>> publish)
    {
        if (events.Count == 0)
        {
            return;
        }

        try
        {
            if (await settlement.SettleAsync(token, await publish(events, _giveUp.Token)))
            {
                Interlocked.Increment(ref _brokerOutages);
            }
            else
            {
                Volatile.Write(ref _brokerOutages, 0);
            }
        }
        catch (Exception failure)
        {
            // The rows stay in processing; the reaper returns them when the lease ends.
            LogNotSettled(failure, events.Count, settings.ProcessingTimeout);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Claim failed, trying again: {Reason}")]
    private partial void LogClaimFailed(Exception? bug, string reason);

    [LoggerMessage(LogLevel.Error,
        "{Count} events were not settled; they are claimed again when their lease of {Lease} ends")]
    private partial void LogNotSettled(Exception failure, int count, TimeSpan lease);
}
