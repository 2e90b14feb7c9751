using System.Diagnostics;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Processes messages: the effect of each event once (P2), a dead letter for each message that can have none.</summary>
internal sealed partial class EventProcessor(
    IEventStore store, DeadLetterOffice deadLetters, ConsumerTracing tracing, NotifierMetrics metrics, TimeProvider time,
    ILogger<EventProcessor> logger)
{
    /// <summary>Larger batches are a backlog. A line for each of its events costs a third of the service's processor time, and
    /// nobody reads 50,000 lines a second; processed_events has the same facts.</summary>
    private const int MostEventLines = 50;

    /// <summary>Settles all messages, or throws and leaves those unsettled that must be tried again.</summary>
    public Task ProcessAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var open = messages.Where(m => !m.IsSettled).ToLookup(m => m.Refusal is null);
        // Side by side: a slow broker must not hold up the events, nor a slow database the letters. If both fail, the first
        // one's exception is thrown: that of the events, which may be the fault of one of them.
        return Task.WhenAll(
            ApplyAsync([.. open[true]], cancellationToken), deadLetters.BuryAsync([.. open[false]], cancellationToken));
    }

    /// <summary>All effects in one transaction.</summary>
    private async Task ApplyAsync(List<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var spans = tracing.Start(messages);
        try
        {
            // A batch may hold an event twice; the statement takes each id once.
            var applied = await store.ApplyAsync(
                [.. messages.Select(m => m.Event!).DistinctBy(e => e.EventId)], cancellationToken);
            Report(messages, applied);
        }
        catch (Exception failure)
        {
            spans.ForEach(span => span.SetStatus(ActivityStatusCode.Error, failure.Message));
            throw;
        }
        finally
        {
            spans.ForEach(span => span.Dispose());
        }
    }

    private void Report(List<ReceivedMessage> messages, HashSet<Guid> applied)
    {
        var (now, fresh) = (time.GetUtcNow(), applied.Count);
        var level = messages.Count > MostEventLines ? LogLevel.Debug : LogLevel.Information;
        foreach (var message in messages)
        {
            message.IsSettled = true;
            var ticketEvent = message.Event!;
            if (applied.Remove(ticketEvent.EventId))
            {
                metrics.Ok(ticketEvent.EventType, now - ticketEvent.OccurredAt);
                LogProcessed(level, ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
            }
            else
            {
                metrics.Duplicate(ticketEvent.EventType);
                LogDuplicate(level, ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
            }
        }

        if (level == LogLevel.Debug)
        {
            LogBatch(fresh, messages.Count - fresh);
        }
    }

    [LoggerMessage("Processed {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogProcessed(LogLevel level, string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage("Skipped duplicate {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogDuplicate(LogLevel level, string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage(LogLevel.Information, "Processed a backlog's batch of {Count} events, and skipped {Duplicates} duplicates; each has its line at level Debug")]
    private partial void LogBatch(int count, int duplicates);
}
