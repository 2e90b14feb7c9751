using System.Collections.Concurrent;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>
/// Retries the failed messages of one partition: first together, since most failures are an outage that has passed;
/// then one by one in rounds, so that a poison event holds up only its own ticket (P3). An outage is waited out and
/// never counts as an attempt (P5).
/// </summary>
internal sealed partial class PartitionRetry(
    EventProcessor processor, IEventStore store, Schema schema, NotifierSettings settings, NotifierMetrics metrics,
    TimeProvider time, ILogger<PartitionRetry> logger, Presence? operators = null)
{
    private static readonly TimeSpan PausedInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<TopicPartition, string> _undeliverable = new();
    private readonly LogPace _pace = new(time);

    /// <summary>Partitions that wait because the dead-letter topic refuses their letters, and why.</summary>
    public IReadOnlyDictionary<TopicPartition, string> Undeliverable => _undeliverable;

    /// <summary>Returns when every message is settled.</summary>
    public async Task RunAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            if (!await TryAllAsync(messages, cancellationToken))
            {
                for (var round = 1; !await TryEachAsync(messages, cancellationToken); round++)
                {
                    await BackOffAsync(round, cancellationToken);
                }
            }
        }
        finally
        {
            _undeliverable.TryRemove(messages[0].Partition, out _);
        }
    }

    /// <returns>False when a message is the cause of a failure.</returns>
    private async Task<bool> TryAllAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var failure = await TryAsync(messages, cancellationToken);
            if (failure is null)
            {
                return true;
            }

            if (!await IsOutageAsync(failure, cancellationToken))
            {
                return false;
            }

            await BackOffAsync(attempt, cancellationToken);
        }
    }

    /// <summary>One round: each message once, but none that follows an unsettled one of its ticket.</summary>
    /// <returns>Whether every message is settled.</returns>
    private async Task<bool> TryEachAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var waiting = new HashSet<Guid>();
        foreach (var message in messages.Where(m => !m.IsSettled && m.Refusal is null))
        {
            var ticketEvent = message.Event!;
            if (!waiting.Contains(ticketEvent.AggregateId)
                && await TryAsync([message], cancellationToken) is { } failure
                && !await CountsAsync(message, failure, cancellationToken))
            {
                // The database is away: the other messages would only find out the same.
                return false;
            }

            if (!message.IsSettled)
            {
                waiting.Add(ticketEvent.AggregateId);
            }
        }

        // Those that are given up become dead letters together: each waits for a round trip to the broker.
        await TryAsync([.. messages.Where(m => m.Refusal is not null)], cancellationToken);
        return messages.All(m => m.IsSettled);
    }

    private async Task<Exception?> TryAsync(
        IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return null;
        }

        while (operators?.Pauses.All is true)
        {
            await Task.Delay(PausedInterval, time, cancellationToken);
        }

        try
        {
            await processor.ProcessAsync(messages, cancellationToken);
            _undeliverable.TryRemove(messages[0].Partition, out _);
            return null;
        }
        catch (DeadLetterException failure) when (!cancellationToken.IsCancellationRequested)
        {
            _undeliverable[messages[0].Partition] = failure.Message;
            if (_pace.Next(failure.Message) is { } reason)
            {
                LogUndeliverable(messages[0].Partition.Partition.Value, reason);
            }

            return failure;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return failure;
        }
    }

    /// <summary>Counts the attempt, and gives the event up after the last one.</summary>
    /// <returns>False when the database is away, so that nothing could be counted.</returns>
    private async Task<bool> CountsAsync(
        ReceivedMessage message, Exception failure, CancellationToken cancellationToken)
    {
        var ticketEvent = message.Event!;
        if (await IsOutageAsync(failure, cancellationToken))
        {
            return false;
        }

        metrics.Error(ticketEvent.EventType, FailureReason.Effect);
        // Without the detail, which Npgsql redacts because it quotes the row.
        var reason = (failure as PostgresException)?.MessageText ?? failure.Message;
        try
        {
            var attempts = await store.RecordAttemptAsync(ticketEvent, reason, cancellationToken);
            LogFailed(
                ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId, attempts,
                settings.MaxAttempts, reason);
            // Null: somebody else has finished it.
            message.IsSettled = attempts is null;
            if (attempts >= settings.MaxAttempts)
            {
                message.GiveUp(new Refusal(DeadLetterCode.Failed, reason, attempts.Value));
            }

            return true;
        }
        catch (Exception uncounted) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotCounted(ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId, uncounted.Message);
            return false;
        }
    }

    /// <summary>A statement that timed out may be the event's fault; it is an outage only if the database answers
    /// nothing else.</summary>
    private async Task<bool> IsOutageAsync(Exception failure, CancellationToken cancellationToken)
    {
        var isOutage = failure switch
        {
            DeadLetterException => true,
            NpgsqlException { InnerException: TimeoutException }
            or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                await schema.ProblemAsync(cancellationToken) is not null,
            _ => DatabaseFailure.IsOutage(failure),
        };
        if (isOutage && failure is not DeadLetterException)
        {
            metrics.Error(null, FailureReason.Database);
        }

        return isOutage;
    }

    private Task BackOffAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(Backoff.Delay(attempt, settings.Backoff, settings.MaxBackoff), time, cancellationToken);

    [LoggerMessage(LogLevel.Warning,
        "Event {event_id} of ticket {ticket_id} for request {request_id} failed, attempt {Attempt} of {MaxAttempts}: "
        + "{Reason}")]
    private partial void LogFailed(
        Guid event_id, Guid ticket_id, string? request_id, int? attempt, int maxAttempts, string reason);

    [LoggerMessage(LogLevel.Warning,
        "Event {event_id} of ticket {ticket_id} for request {request_id} failed, and the attempt could not be counted; "
        + "trying again: {Reason}")]
    private partial void LogNotCounted(Guid event_id, Guid ticket_id, string? request_id, string reason);

    [LoggerMessage(LogLevel.Error,
        "Partition {Partition} waits, and is tried again, because its dead letters are not taken; "
        + "see that the dead-letter topic exists and accepts messages: {Reason}")]
    private partial void LogUndeliverable(int partition, string reason);
}
