using ServiceDesk.Clients.Operating;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Sets aside events whose ticket waits, so that others go on: an operator paused their type or ticket, an
/// earlier event failed and that holds them, or earlier ones are set aside already (P3). The database says so at every
/// batch: another notifier may have set them aside a moment ago.</summary>
internal sealed partial class Holding(HeldEvents held, Presence operators, ILogger<Holding> logger)
{
    /// <returns>The messages to process now; the others are settled.</returns>
    public async Task<List<ReceivedMessage>> HoldAsync(
        List<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var paused = operators.Pauses;
        var arrived = messages.Where(m => !m.IsReleased).ToList();
        if (arrived.Count == 0)
        {
            return messages;
        }

        var waiting = await held.WaitingAsync(
            [.. arrived.Select(m => m.Event!.AggregateId).Distinct()], cancellationToken);
        if (waiting.Count == 0 && !paused.IsSome)
        {
            return messages;
        }

        var tried = await held.TriedAsync([.. arrived.Select(m => m.Event!.EventId)], cancellationToken);
        var aside = new List<(ReceivedMessage Message, string Reason)>();
        foreach (var message in arrived)
        {
            var its = message.Event!;
            if (paused.EventTypes.Contains(its.EventType) || paused.Tickets.Contains(its.AggregateId))
            {
                waiting.Add(its.AggregateId);
                aside.Add((message, HeldEvents.Paused));
            }
            else if (waiting.Contains(its.AggregateId) && !tried.Contains(its.EventId))
            {
                aside.Add((message, HeldEvents.BehindFailed));
            }
        }

        if (aside.Count == 0)
        {
            return messages;
        }

        await held.HoldAsync(aside, cancellationToken);
        foreach (var (message, _) in aside)
        {
            message.IsSettled = true;
        }

        LogHeld(aside.Count, aside[0].Message.Event!.AggregateId, aside[0].Reason);
        return [.. messages.Where(m => !m.IsSettled)];
    }

    [LoggerMessage(LogLevel.Information,
        "Holds {Count} events until their tickets go on, the first of ticket {ticket_id}: {Reason}")]
    private partial void LogHeld(int count, Guid ticket_id, string reason);
}
