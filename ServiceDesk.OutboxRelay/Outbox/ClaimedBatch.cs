namespace ServiceDesk.OutboxRelay.Outbox;

/// <param name="Token">Fences every later change of these rows: it works only while the claim is still ours.</param>
/// <param name="Events">In id order.</param>
internal sealed record ClaimedBatch(Guid Token, IReadOnlyList<OutboxEvent> Events);
