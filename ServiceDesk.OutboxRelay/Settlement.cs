using System.Diagnostics;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay;

/// <summary>Writes down what became of a published batch: sent, back to pending, or failed.</summary>
internal sealed partial class Settlement(
    OutboxStore outbox, DeadLetters deadLetters, KafkaSettings kafka,
    RelaySettings settings, RelayMetrics metrics, TimeProvider time, ILogger<Settlement> logger)
{
    /// <returns>Whether the broker was away: then claiming more only makes more to hand back.</returns>
    public async Task<bool> SettleAsync(Guid token, IReadOnlyList<PublishedEvent> outcome)
    {
        var sent = outcome.Where(e => e.Error is null).Select(e => e.Event).ToList();
        var refusals = new List<Refusal>();
        var dead = new List<PublishedEvent>();
        var brokerAway = false;
        foreach (var (outboxEvent, error) in outcome.Where(e => e.Error is not null))
        {
            if (error == PublishErrors.HeldBack)
            {
                refusals.Add(new Refusal(outboxEvent.Id, error.Reason, TimeSpan.Zero, Counts: false));
                continue;
            }

            metrics.Failed(outboxEvent.EventType);
            var aboutTheEvent = PublishErrors.IsAboutTheEvent(error!);
            if (PublishErrors.IsFinal(error!) || (aboutTheEvent && outboxEvent.Attempts >= settings.MaxAttempts))
            {
                dead.Add(new PublishedEvent(outboxEvent, error));
                continue;
            }

            brokerAway |= !aboutTheEvent;
            var delay = aboutTheEvent ? Backoff.Delay(outboxEvent.Attempts, settings.Backoff, settings.MaxBackoff) : TimeSpan.Zero;
            refusals.Add(new Refusal(outboxEvent.Id, $"{error!.Code}: {error.Reason}", delay, Counts: aboutTheEvent));
        }

        await MarkSentAsync(token, sent);
        await ReleaseAsync(token, refusals);
        foreach (var (outboxEvent, error) in dead)
        {
            await BuryAsync(token, outboxEvent, $"{error!.Code}: {error.Reason}");
        }

        return brokerAway;
    }

    private async Task MarkSentAsync(Guid token, List<OutboxEvent> sent)
    {
        if (sent.Count == 0)
        {
            return;
        }

        var marked = await UntilServedAsync(c => outbox.MarkSentAsync(token, [.. sent.Select(e => e.Id)], c));
        foreach (var type in sent.GroupBy(e => e.EventType))
        {
            metrics.Published(type.Key, type.Count());
        }

        CountLost(sent.Count - marked);
    }

    private async Task ReleaseAsync(Guid token, List<Refusal> refusals)
    {
        if (refusals.Count == 0)
        {
            return;
        }

        LogReleased(refusals.Count, refusals[0].Error);
        CountLost(refusals.Count - await UntilServedAsync(c => outbox.ReleaseAsync(token, refusals, c)));
    }

    /// <summary>The copy first: an event is not failed before its dead letter is safe.</summary>
    private async Task BuryAsync(Guid token, OutboxEvent outboxEvent, string error)
    {
        var origin = new DeadLetterOrigin(kafka.Topic, Partition: null, Offset: null, outboxEvent.Attempts);
        try
        {
            using var bounded = new CancellationTokenSource(settings.PublishTimeout, time);
            var message = EventMessages.Create(outboxEvent, OutboxHeaders.Read(outboxEvent.Headers), Activity.Current);
            await deadLetters.SendAsync(message, error, origin, bounded.Token);
        }
        catch (Exception unsent) when (unsent is Confluent.Kafka.KafkaException or OperationCanceledException)
        {
            await ReleaseAsync(token, [new Refusal(outboxEvent.Id, $"{error}; dead letter not sent: {unsent.Message}", settings.MaxBackoff, Counts: false)]);
            return;
        }

        CountLost(1 - await UntilServedAsync(c => outbox.MarkFailedAsync(token, outboxEvent.Id, error, c)));
        metrics.Dead(outboxEvent.EventType);
        LogDead(outboxEvent.EventId, outboxEvent.AggregateId, outboxEvent.Attempts, error);
    }

    /// <summary>An acknowledged event must not be published again only because the database was away for a moment: keep
    /// trying until the lease would end anyway.</summary>
    private async Task<int> UntilServedAsync(Func<CancellationToken, Task<int>> write)
    {
        using var lease = new CancellationTokenSource(settings.ProcessingTimeout - settings.PublishTimeout, time);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await write(lease.Token);
            }
            catch (Exception away) when (DatabaseFailure.IsOutage(away))
            {
                await Task.Delay(Backoff.Delay(attempt, settings.Backoff, settings.MaxBackoff), time, lease.Token);
            }
        }
    }

    private void CountLost(int lost)
    {
        metrics.LostClaims(lost);
        if (lost > 0)
        {
            LogLost(lost, settings.ProcessingTimeout);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} events back to pending: {Error}")]
    private partial void LogReleased(int count, string error);

    [LoggerMessage(LogLevel.Error, "Event {event_id} of ticket {ticket_id} failed for good after {Attempts} attempts and is on the dead-letter topic: {Error}. Replay it when the cause is gone")]
    private partial void LogDead(Guid event_id, Guid ticket_id, int attempts, string error);

    [LoggerMessage(LogLevel.Warning, "{Count} events were claimed by another relay before they could be marked; OutboxRelay:ProcessingTimeout ({Lease}) may be too short")]
    private partial void LogLost(int count, TimeSpan lease);
}
