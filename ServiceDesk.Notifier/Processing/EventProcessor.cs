using System.Diagnostics;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Notifier.Events;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Processes messages: the effect of each event once, a dead letter for each message that holds none.</summary>
internal sealed partial class EventProcessor(
    ProcessedEvents processed, DeadLetters deadLetters, KafkaSettings kafka, NotifierMetrics metrics, TimeProvider time,
    ILogger<EventProcessor> logger)
{
    private static readonly TimeSpan DeadLetterLimit = TimeSpan.FromSeconds(10);
    private static readonly ActivitySource Tracing = new("ServiceDesk.Notifier");

    /// <summary>All in one transaction; when it throws, nothing of it happened but dead letters.</summary>
    public async Task ProcessAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellation)
    {
        foreach (var message in messages.Where(m => m.Event is null))
        {
            await BuryUnreadableAsync(message, cancellation);
        }

        var received = messages.Where(m => m.Event is not null).Select(m => m.Event!).ToList();
        if (received.Count == 0)
        {
            return;
        }

        var activities = StartActivities(received);
        try
        {
            // A batch may hold an event twice; the statement takes each id once.
            var done = await processed.ProcessAsync([.. received.DistinctBy(e => e.EventId)], cancellation);
            var now = time.GetUtcNow();
            foreach (var ticketEvent in received)
            {
                Report(ticketEvent, isNew: done.Remove(ticketEvent.EventId), now);
            }
        }
        finally
        {
            activities.ForEach(activity => activity?.Dispose());
        }
    }

    /// <summary>Gives up on an event: the copy first, so that it is never failed without its dead letter.</summary>
    public async Task BuryAsync(ReceivedMessage message, string error, int attempts, CancellationToken cancellation)
    {
        var ticketEvent = message.Event!;
        await SendDeadLetterAsync(message, error, attempts, cancellation);
        await processed.MarkFailedAsync(ticketEvent.EventId, cancellation);
        metrics.Dead(ticketEvent.EventType);
        LogDead(ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId, attempts, error);
    }

    private async Task BuryUnreadableAsync(ReceivedMessage message, CancellationToken cancellation)
    {
        metrics.Error(null, FailureReason.Unreadable);
        await SendDeadLetterAsync(message, message.Unreadable!, attempts: 1, cancellation);
        metrics.Dead(null);
        LogUnreadable(message.Raw.Topic, message.Raw.Partition.Value, message.Raw.Offset.Value, message.Unreadable!);
    }

    private async Task SendDeadLetterAsync(ReceivedMessage message, string reason, int attempts, CancellationToken cancellation)
    {
        var origin = new DeadLetterOrigin(message.Raw.Topic, message.Raw.Partition.Value, message.Raw.Offset.Value, attempts);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(DeadLetterLimit);
        try
        {
            await deadLetters.SendAsync(message.Raw.Message, reason, origin, bounded.Token);
        }
        catch (Exception unsent) when (!cancellation.IsCancellationRequested)
        {
            metrics.Error(message.Event?.EventType, FailureReason.DeadLetter);
            throw new DeadLetterException(unsent);
        }
    }

    private void Report(TicketEvent ticketEvent, bool isNew, DateTimeOffset now)
    {
        if (isNew)
        {
            metrics.Ok(ticketEvent.EventType, now - ticketEvent.OccurredAt);
            LogProcessed(ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
        }
        else
        {
            metrics.Duplicate(ticketEvent.EventType);
            LogDuplicate(ticketEvent.EventType, ticketEvent.EventId, ticketEvent.AggregateId, ticketEvent.RequestId);
        }
    }

    /// <summary>Each event continues its own trace, though they share a transaction.</summary>
    private List<Activity?> StartActivities(List<TicketEvent> events) => !Tracing.HasListeners() ? [] : events.ConvertAll(e =>
    {
        var activity = Tracing.StartActivity($"process {kafka.Topic}", ActivityKind.Consumer, e.Trace);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.destination.name", kafka.Topic);
        activity?.SetTag("messaging.message.id", e.EventId.ToString());
        activity?.SetTag("ticket_id", e.AggregateId.ToString());
        return activity;
    });

    [LoggerMessage(LogLevel.Information, "Processed {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogProcessed(string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage(LogLevel.Information, "Skipped duplicate {event_type} {event_id} of ticket {ticket_id} for request {request_id}")]
    private partial void LogDuplicate(string event_type, Guid event_id, Guid ticket_id, string? request_id);

    [LoggerMessage(LogLevel.Error, "Event {event_id} of ticket {ticket_id} for request {request_id} failed for good after {Attempts} attempts and is on the dead-letter topic: {Error}. Replay it when the cause is gone")]
    private partial void LogDead(Guid event_id, Guid ticket_id, string? request_id, int attempts, string error);

    [LoggerMessage(LogLevel.Error, "Message {Topic}[{Partition}]@{Offset} holds no event and is on the dead-letter topic: {Reason}")]
    private partial void LogUnreadable(string topic, int partition, long offset, string reason);
}
