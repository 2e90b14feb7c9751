using ServiceDesk.Clients.Kafka;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Turns messages that can have no effect into dead letters. Letters that the broker acknowledged are not sent
/// again when the rest are retried.</summary>
internal sealed partial class DeadLetterOffice(
    DeadLetters deadLetters, IEventStore store, NotifierMetrics metrics, ILogger<DeadLetterOffice> logger)
{
    /// <exception cref="DeadLetterException">Some letters are not safe; their messages are not settled.</exception>
    public async Task BuryAsync(IReadOnlyList<ReceivedMessage> refused, CancellationToken cancellationToken)
    {
        if (refused.Count == 0)
        {
            return;
        }

        var failure = await SendAsync([.. refused.Where(m => !m.HasDeadLetter)], cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        // The letter first: an event is never failed without one.
        var buried = refused.Where(m => m.HasDeadLetter).ToList();
        await store.MarkFailedAsync(
            [.. buried.Where(m => m.Event is not null).Select(m => m.Event!.EventId)], cancellationToken);
        buried.ForEach(Settle);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task<DeadLetterException?> SendAsync(
        List<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var outcomes = await deadLetters.SendAsync([.. messages.Select(Letter)], cancellationToken);
        DeadLetterException? failure = null;
        foreach (var (message, error) in messages.Zip(outcomes))
        {
            message.HasDeadLetter = error is null;
            if (error is not null)
            {
                metrics.Error(message.Event?.EventType, FailureReason.DeadLetter);
                failure ??= new DeadLetterException(message, error.Reason);
            }
        }

        return failure;
    }

    private static DeadLetter Letter(ReceivedMessage message)
    {
        var (raw, refusal) = (message.Raw, message.Refusal!);
        return new DeadLetter(raw.Message, refusal.Code, refusal.Reason,
            new DeadLetterOrigin(raw.Topic, raw.Partition.Value, raw.Offset.Value, refusal.Attempts));
    }

    private void Settle(ReceivedMessage message)
    {
        message.IsSettled = true;
        metrics.Dead(message.Event?.EventType);
        var (raw, refusal) = (message.Raw, message.Refusal!);
        if (message.Event is { } failed)
        {
            LogDead(failed.EventId, failed.AggregateId, failed.RequestId, refusal.Attempts, refusal.Reason);
        }
        else
        {
            var isUnknown = refusal.Code == DeadLetterCode.UnknownType;
            metrics.Error(null, isUnknown ? FailureReason.UnknownType : FailureReason.Unreadable);
            LogNoEvent(raw.Topic, raw.Partition.Value, raw.Offset.Value, refusal.Code, refusal.Reason);
        }
    }

    [LoggerMessage(LogLevel.Error,
        "Event {event_id} of ticket {ticket_id} for request {request_id} failed for good after {Attempts} attempts "
        + "and is on the dead-letter topic: {Error}. Replay it when the cause is gone")]
    private partial void LogDead(Guid event_id, Guid ticket_id, string? request_id, int attempts, string error);

    [LoggerMessage(LogLevel.Error,
        "Message {Topic}[{Partition}]@{Offset} holds no event for this service and is on the dead-letter topic "
        + "({Code}): {Reason}")]
    private partial void LogNoEvent(string topic, int partition, long offset, string code, string reason);
}

/// <summary>A dead letter could not be written. Its message stays where it is, and is tried again.</summary>
internal sealed class DeadLetterException(ReceivedMessage message, string reason)
    : Exception($"the dead letter of {message.Raw.TopicPartitionOffset} is not safe: {reason}");
