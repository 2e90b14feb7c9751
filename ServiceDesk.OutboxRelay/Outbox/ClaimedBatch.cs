namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>Events that one claim took.</summary>
/// <param name="Token">Fences every later change of these rows: it works only while the claim is still ours
/// (P6).</param>
/// <param name="Events">In id order.</param>
/// <param name="HasMore">More events are due now: the claim ended at its limit.</param>
/// <param name="HasBlocked">Events were left out that wait for an earlier one of their ticket.</param>
internal sealed record ClaimedBatch(Guid Token, IReadOnlyList<OutboxEvent> Events, bool HasMore, bool HasBlocked);

/// <summary>One claimed row. Payload and headers are the stored JSON, untouched.</summary>
internal sealed record OutboxEvent(
    long Id,
    Guid EventId,
    string Aggregate,
    Guid AggregateId,
    string EventType,
    byte[] Payload,
    byte[] Headers,
    int Attempts,
    DateTime CreatedAt);

/// <summary>A claimed event that goes back to pending, and when to try again.</summary>
/// <param name="Id">The outbox row.</param>
/// <param name="Error">The reason, for the operator.</param>
/// <param name="Delay">Wait before the next attempt.</param>
/// <param name="Counts">Whether the attempt counts: an unavailable broker says nothing about the event (P5).</param>
internal readonly record struct Refusal(long Id, string Error, TimeSpan Delay, bool Counts);
