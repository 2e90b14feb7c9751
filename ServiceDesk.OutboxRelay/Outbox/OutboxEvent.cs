namespace ServiceDesk.OutboxRelay.Outbox;

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
