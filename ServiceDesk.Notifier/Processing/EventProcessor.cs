using System.Diagnostics;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Applies each event's effect once (P2), and sends a dead letter for each message without one.</summary>
internal sealed partial class EventProcessor(
    IEventStore store, DeadLetterOffice deadLetters, ConsumerTracing tracing, NotifierMetrics metrics,
    TimeProvider time, ILogger<EventProcessor> logger, Holding? holding = null)
{
    /// <summary>Larger batches are a backlog, where a line for each event costs a third of the service's processor
    /// time. One line then stands for many events, with every request id, which is what people search for.</summary>
    private const int MostEventLines = 50;

    /// <summary>Keeps such a line below 16 KiB, at which container runtimes cut.</summary>
    private const int RequestsInLine = 100;

    /// <summary>Settles all messages, or throws and leaves those unsettled that must be tried again.</summary>
    public Task ProcessAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var open = messages.Where(m => !m.IsSettled).ToLookup(m => m.Refusal is null);
        // In parallel: a slow broker must not hold up the events, nor a slow database the letters. If both fail, the
        // events' exception is thrown, as one of them may be at fault.
        return Task.WhenAll(
            ApplyAsync([.. open[true]], cancellationToken), deadLetters.BuryAsync([.. open[false]], cancellationToken));
    }

    /// <summary>All effects in one transaction.</summary>
    private async Task ApplyAsync(List<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count > 0 && holding is not null)
        {
            messages = await holding.HoldAsync(messages, cancellationToken);
        }

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
            Report(messages, spans, applied);
        }
        catch (Exception failure)
        {
            Array.ForEach(spans, span => span?.SetStatus(ActivityStatusCode.Error, failure.Message));
            throw;
        }
        finally
        {
            Array.ForEach(spans, span => span?.Dispose());
        }
    }

    private void Report(List<ReceivedMessage> messages, Activity?[] spans, HashSet<Guid> applied)
    {
        var now = time.GetUtcNow();
        metrics.LastProcessed(now);
        var requests = new List<string?>(applied.Count);
        var level = messages.Count > MostEventLines ? LogLevel.Debug : LogLevel.Information;
        foreach (var (i, message) in messages.Index())
        {
            if (spans.Length > 0)
            {
                // Its trace is the exemplar of what is measured, and goes with the log line.
                Activity.Current = spans[i];
            }

            message.IsSettled = true;
            var ticketEvent = message.Event!;
            if (applied.Remove(ticketEvent.EventId))
            {
                requests.Add(ticketEvent.RequestId);
                metrics.Ok(ticketEvent.EventType, now - ticketEvent.OccurredAt);
                LogProcessed(
                    level, ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
            }
            else
            {
                metrics.Duplicate(ticketEvent.EventType);
                LogDuplicate(
                    level, ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
            }
        }

        if (level == LogLevel.Debug)
        {
            LogBatch(messages, requests);
        }
    }

    private void LogBatch(List<ReceivedMessage> messages, List<string?> requests)
    {
        foreach (var part in requests.Chunk(RequestsInLine))
        {
            LogProcessedMany(part.Length, string.Join(' ', part));
        }

        if (messages.Count > requests.Count)
        {
            LogDuplicates(messages.Count - requests.Count);
        }
    }

    [LoggerMessage("Processed {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogProcessed(
        LogLevel level, string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage("Skipped duplicate {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogDuplicate(
        LogLevel level, string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage(LogLevel.Information, "Processed {Count} events of a backlog, for requests {request_ids}")]
    private partial void LogProcessedMany(int count, string request_ids);

    [LoggerMessage(LogLevel.Information, "Skipped {Count} duplicates in a backlog; each has its line at level Debug")]
    private partial void LogDuplicates(int count);
}
