using Npgsql;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Notifier.Processing;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>
/// Retries the failed messages of one partition. All together first, since most failures are an outage that has passed; then
/// one by one, so that the poison one is found and the others are not held up. An outage is waited out and never counts.
/// </summary>
internal sealed partial class PartitionRetry(
    EventProcessor processor, ProcessedEvents processed, Schema schema, NotifierSettings settings, NotifierMetrics metrics,
    TimeProvider time, ILogger<PartitionRetry> logger)
{
    /// <summary>Returns when every message is done, failed for good, or a dead letter.</summary>
    public async Task RunAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellation)
    {
        if (await TryAllAsync(messages, cancellation))
        {
            return;
        }

        foreach (var message in messages)
        {
            await FinishAsync(message, cancellation);
        }
    }

    private async Task<bool> TryAllAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await processor.ProcessAsync(messages, cancellation);
                return true;
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                if (!await IsOutageAsync(failure, cancellation))
                {
                    return false;
                }

                metrics.Error(null, FailureReason.Database);
                await BackOffAsync(attempt, cancellation);
            }
        }
    }

    private async Task FinishAsync(ReceivedMessage message, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await processor.ProcessAsync([message], cancellation);
                return;
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                if (await SettleAsync(message, failure, cancellation))
                {
                    return;
                }

                await BackOffAsync(attempt, cancellation);
            }
        }
    }

    /// <returns>Whether the message is finished; otherwise it is to be tried again.</returns>
    private async Task<bool> SettleAsync(ReceivedMessage message, Exception failure, CancellationToken cancellation)
    {
        try
        {
            if (message.Event is not { } ticketEvent || await IsOutageAsync(failure, cancellation))
            {
                metrics.Error(message.Event?.EventType, FailureReason.Database);
                return false;
            }

            metrics.Error(ticketEvent.EventType, FailureReason.Effect);
            // Without the detail, which Npgsql redacts because it quotes the row.
            var reason = (failure as PostgresException)?.MessageText ?? failure.Message;
            var attempts = await processed.RecordAttemptAsync(ticketEvent, reason, cancellation);
            LogFailed(ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId, attempts, settings.MaxAttempts, reason);
            if (attempts >= settings.MaxAttempts)
            {
                await processor.BuryAsync(message, reason, attempts.Value, cancellation);
            }

            return attempts is null || attempts >= settings.MaxAttempts;
        }
        catch (Exception again) when (!cancellation.IsCancellationRequested)
        {
            LogNotSettled(message.Raw.Partition.Value, message.Raw.Offset.Value, again.Message);
            return false;
        }
    }

    /// <summary>A statement that timed out may be the event's fault; it is an outage only if the database does not answer
    /// anything else either.</summary>
    private async Task<bool> IsOutageAsync(Exception failure, CancellationToken cancellation) => failure switch
    {
        DeadLetterException => true,
        NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
            await schema.ProblemAsync(cancellation) is not null,
        _ => DatabaseFailure.IsOutage(failure),
    };

    private Task BackOffAsync(int attempt, CancellationToken cancellation) =>
        Task.Delay(Backoff.Delay(attempt, settings.Backoff, settings.MaxBackoff), time, cancellation);

    [LoggerMessage(LogLevel.Warning, "Event {event_id} of ticket {ticket_id} for request {request_id} failed, attempt {Attempt} of {MaxAttempts}: {Reason}")]
    private partial void LogFailed(Guid event_id, Guid ticket_id, string? request_id, int? attempt, int maxAttempts, string reason);

    [LoggerMessage(LogLevel.Warning, "Message in partition {Partition} at {Offset} is tried again: {Reason}")]
    private partial void LogNotSettled(int partition, long offset, string reason);
}
