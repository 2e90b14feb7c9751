using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;

namespace ServiceDesk.OutboxRelay;

/// <summary>The loop: claim, publish, settle. While a batch waits for the broker the next one is claimed; events of one
/// ticket never overlap, because the claim leaves out tickets that have an event in flight.</summary>
internal sealed partial class Relay(
    OutboxStore outbox, Publisher publisher, Settlement settlement, OutboxListener hints, SchemaGate schema,
    RelaySettings settings, TimeProvider time, ILogger<Relay> logger) : BackgroundService
{
    /// <summary>After a stop is asked for, batches under way get this long before their events are handed back.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>How often a relay looks that has had nothing to do for a while, and would hear a hint.</summary>
    private static readonly TimeSpan IdlePollInterval = TimeSpan.FromSeconds(1);

    private readonly List<Task> _underWay = [];
    private readonly CancellationTokenSource _giveUp = new();
    private int _brokerOutages;
    private int _failures;
    private long _lastClaim;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await schema.WaitAsync(stoppingToken);
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
            // Not cancelled by the stop: a claim that was made must be known, to be handed back.
            var batch = await outbox.ClaimAsync(settings.BatchSize, CancellationToken.None);
            if (batch.Events.Count > 0)
            {
                _lastClaim = time.GetTimestamp();
                _underWay.Add(Task.Run(() => FinishAsync(batch), CancellationToken.None));
            }

            if (Volatile.Read(ref _brokerOutages) is > 0 and var outages)
            {
                await Task.Delay(Backoff.Delay(outages, settings.Backoff, settings.MaxBackoff), time, stopping);
            }
            else if (batch.Events.Count < settings.BatchSize)
            {
                await hints.WaitAsync(Pause(), stopping);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotClaimed(DatabaseFailure.IsOutage(failure) ? null : failure, failure.Message);
            await Task.Delay(Backoff.Delay(++_failures, settings.Backoff, settings.MaxBackoff), time, stopping);
            return;
        }

        _failures = 0;
    }

    /// <summary>For as long as an event may wait for its next attempt, a relay looks often.</summary>
    private TimeSpan Pause() =>
        hints.IsListening && settings.PollInterval < IdlePollInterval && time.GetElapsedTime(_lastClaim) > settings.MaxBackoff
            ? IdlePollInterval
            : settings.PollInterval;

    private async Task MakeRoomAsync(CancellationToken stopping)
    {
        _underWay.RemoveAll(batch => batch.IsCompleted);
        while (_underWay.Count >= settings.BatchesInFlight)
        {
            _underWay.Remove(await Task.WhenAny(_underWay).WaitAsync(stopping));
        }
    }

    private async Task FinishAsync(ClaimedBatch batch)
    {
        try
        {
            var outcome = await publisher.PublishAsync(batch.Events, _giveUp.Token);
            var brokerAway = await settlement.SettleAsync(batch.Token, outcome);
            if (brokerAway)
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
            LogUnsettled(failure, batch.Events.Count, settings.ProcessingTimeout);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nothing claimed, trying again: {Reason}")]
    private partial void LogNotClaimed(Exception? bug, string reason);

    [LoggerMessage(LogLevel.Error, "{Count} events could not be marked; they are claimed again when their lease of {Lease} ends")]
    private partial void LogUnsettled(Exception failure, int count, TimeSpan lease);
}
