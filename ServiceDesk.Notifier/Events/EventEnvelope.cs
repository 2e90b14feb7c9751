using System.Text.Json;

namespace ServiceDesk.Notifier.Events;

/// <summary>The value of a message; see the README for its form.</summary>
internal sealed record EventEnvelope(
    Guid EventId,
    string? EventType,
    DateTimeOffset OccurredAt,
    string? Aggregate,
    Guid AggregateId,
    string? RequestId,
    JsonElement Payload);
