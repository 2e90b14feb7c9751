using Npgsql;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay;

/// <summary>Writes down what became of published events: sent, back to pending, or failed.</summary>
internal sealed partial class Settlement(
    OutboxStore outbox, DeadLetters deadLetters, KafkaSettings kafka,
    RelaySettings settings, RelayMetrics metrics, TimeProvider time, ILogger<Settlement> logger)
{
    private readonly LogPace _pace = new(time);

    /// <returns>Whether the broker is unavailable: then claiming more only makes more to hand back.</returns>
    public async Task<bool> SettleAsync(Guid token, IReadOnlyList<Delivery> deliveries)
    {
        var sent = new List<OutboxEvent>(deliveries.Count);
        var released = new List<Refusal>();
        var dead = new List<Delivery>();
        var delays = deliveries.Select(d => d.Event.Attempts).Distinct()
            .ToDictionary(n => n, n => Backoff.Delay(n, settings.Backoff, settings.MaxBackoff));
        foreach (var delivery in deliveries)
        {
            var (outboxEvent, outcome, reason) = delivery;
            if (outcome is not (DeliveryOutcome.Acknowledged or DeliveryOutcome.HeldBack))
            {
                metrics.Failed(outboxEvent.EventType);
            }

            switch (outcome)
            {
                case DeliveryOutcome.Acknowledged:
                    sent.Add(outboxEvent);
                    break;
                case DeliveryOutcome.RefusedForGood:
                case DeliveryOutcome.Refused when outboxEvent.Attempts >= settings.MaxAttempts:
                    dead.Add(delivery);
                    break;
                case DeliveryOutcome.Refused:
                    // Only this event waits, and what follows it in its ticket; all else goes on at once.
                    released.Add(new Refusal(outboxEvent.Id, reason, delays[outboxEvent.Attempts], Counts: true));
                    break;
                default:
                    released.Add(new Refusal(outboxEvent.Id, reason, TimeSpan.Zero, Counts: false));
                    break;
            }
        }

        await MarkSentAsync(token, sent);
        await ReleaseAsync(token, released);
        foreach (var delivery in dead)
        {
            await BuryAsync(token, delivery.Event, delivery.Reason);
        }

        return deliveries.Any(d => d.Outcome == DeliveryOutcome.Unavailable);
    }

    private async Task MarkSentAsync(Guid token, List<OutboxEvent> sent)
    {
        if (sent.Count == 0)
        {
            return;
        }

        foreach (var type in sent.GroupBy(e => e.EventType))
        {
            metrics.Published(type.Key, type.Count());
        }

        metrics.LastSent(time.GetUtcNow());
        CountLost(sent.Count - await MarkSentOrParkAsync(token, sent));
    }

    /// <summary>One row that the database refuses to mark must neither hold up the others nor have them published
    /// twice, so the batch is halved until that row is alone (P5).</summary>
    /// <returns>How many rows were still ours.</returns>
    private async Task<int> MarkSentOrParkAsync(Guid token, List<OutboxEvent> sent)
    {
        try
        {
            return await UntilServedAsync(c => outbox.MarkSentAsync(token, [.. sent.Select(e => e.Id)], c));
        }
        catch (PostgresException refused) when (sent.Count > 1)
        {
            LogSplit(refused.MessageText, sent.Count);
            var half = sent.Count / 2;
            return await MarkSentOrParkAsync(token, sent[..half]) + await MarkSentOrParkAsync(token, sent[half..]);
        }
        catch (PostgresException refused)
        {
            return await ParkAsync(token, sent[0], refused);
        }
    }

    /// <summary>The event is published, and its row cannot say so. As <c>failed</c> it is visible, and is not published
    /// again.</summary>
    private async Task<int> ParkAsync(Guid token, OutboxEvent outboxEvent, PostgresException refused)
    {
        var rule = refused.ConstraintName ?? refused.SqlState;
        var error = $"published, but not marked sent: {refused.MessageText} ({rule}). "
            + (refused.ConstraintName?.Contains("event_id", StringComparison.Ordinal) is true
                ? "A row with this event_id is in outbox_sent already: delete this row"
                : "Remove the cause, then delete this row or replay it; the consumer skips the duplicate");
        metrics.Dead(outboxEvent.EventType);
        LogParked(outboxEvent.EventId, outboxEvent.AggregateId, error);
        return await UntilServedAsync(c => outbox.MarkFailedAsync(token, outboxEvent.Id, error, c));
    }

    private async Task ReleaseAsync(Guid token, List<Refusal> released)
    {
        if (released.Count == 0)
        {
            return;
        }

        if (_pace.Next(released[0].Error) is { } reason)
        {
            LogReleased(released.Count, reason);
        }

        CountLost(released.Count - await UntilServedAsync(c => outbox.ReleaseAsync(token, released, c)));
    }

    /// <summary>The copy first: an event is not failed before its dead letter is persisted.</summary>
    private async Task BuryAsync(Guid token, OutboxEvent outboxEvent, string error)
    {
        var origin = new DeadLetterOrigin(kafka.Topic, Partition: null, Offset: null, outboxEvent.Attempts);
        try
        {
            using var bounded = new CancellationTokenSource(settings.PublishTimeout, time);
            var message = EventMessages.Create(
                outboxEvent, OutboxHeaders.Read(outboxEvent.Headers), span: null, settings.IsStructured);
            await deadLetters.SendAsync(message, error, origin, bounded.Token);
        }
        catch (Exception unsent) when (unsent is Confluent.Kafka.KafkaException or OperationCanceledException)
        {
            var reason = $"{error}; dead letter not sent: {unsent.Message}";
            await ReleaseAsync(token, [new Refusal(outboxEvent.Id, reason, settings.MaxBackoff, Counts: false)]);
            return;
        }

        CountLost(1 - await UntilServedAsync(c => outbox.MarkFailedAsync(token, outboxEvent.Id, error, c)));
        metrics.Dead(outboxEvent.EventType);
        LogDead(outboxEvent.EventId, outboxEvent.AggregateId, outboxEvent.Attempts, error);
    }

    /// <summary>Retries through an outage of the database until the lease would end: an acknowledged event should not
    /// be published twice because Postgres was away for a moment.</summary>
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

    [LoggerMessage(LogLevel.Error,
        "Event {event_id} of ticket {ticket_id} failed for good after {Attempts} attempts; "
        + "a copy is on the dead-letter topic: {Error}. Replay it when the cause is gone")]
    private partial void LogDead(Guid event_id, Guid ticket_id, int attempts, string error);

    [LoggerMessage(LogLevel.Warning,
        "Claim lost: {Count} events belonged to another relay when they were settled, so they may be published twice; "
        + "OutboxRelay:ProcessingTimeout ({Lease}) may be too short")]
    private partial void LogLost(int count, TimeSpan lease);

    [LoggerMessage(LogLevel.Warning, "Marking {Count} events as sent failed, marking half of them at a time: {Reason}")]
    private partial void LogSplit(string reason, int count);

    [LoggerMessage(LogLevel.Error, "Event {event_id} of ticket {ticket_id} is parked as failed: {Error}")]
    private partial void LogParked(Guid event_id, Guid ticket_id, string error);
}
