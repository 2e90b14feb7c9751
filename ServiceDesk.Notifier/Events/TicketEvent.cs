using System.Diagnostics;

namespace ServiceDesk.Notifier.Events;

/// <summary>An event as the notifier uses it.</summary>
internal sealed record TicketEvent(
    Guid EventId,
    string EventType,
    DateTimeOffset OccurredAt,
    string Aggregate,
    Guid AggregateId,
    string? RequestId,
    string NotificationText,
    ActivityContext Trace,
    string? Baggage = null);
