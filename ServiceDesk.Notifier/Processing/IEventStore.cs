using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>Remembers which events are done, together with their effects.</summary>
internal interface IEventStore
{
    /// <summary>Applies the effects of events that are all different, in one transaction (P2).</summary>
    /// <returns>The ids whose effect happened now; the others are duplicates.</returns>
    Task<HashSet<Guid>> ApplyAsync(IReadOnlyCollection<TicketEvent> events, CancellationToken cancellationToken);

    /// <returns>How often the event was tried by now, or null when it is done or failed already.</returns>
    Task<int?> RecordAttemptAsync(TicketEvent failed, string error, CancellationToken cancellationToken);

    Task MarkFailedAsync(Guid[] eventIds, CancellationToken cancellationToken);
}
