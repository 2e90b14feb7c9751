namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>With OnFailure=hold nothing of a ticket passes an event that failed and was not put right, and nothing else
/// is held.</summary>
internal static class HoldRules
{
    public static IEnumerable<Violation> Check(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var places = Places(evidence);
        var failed = FirstFailed(evidence, places);
        return
        [
            .. evidence.Holds ? Published(evidence, events) : [],
            .. evidence.Holds ? Effects(evidence, places, failed) : [],
            .. HeldForNothing(evidence, places, failed),
        ];
    }

    private static IEnumerable<Violation> Published(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var failed = First(evidence.Outbox.Where(row => row.Status == "failed"));
        return
            from message in evidence.Topic.DistinctBy(message => message.EventId)
            let row = events.GetValueOrDefault(message.EventId ?? Guid.Empty)
            where row is not null && failed.TryGetValue(row.TicketId, out var version) && row.Version > version
            select new Violation(
                Invariant.PassedFailed, $"{row} was published past version {failed[row.TicketId]}", row.TicketId);
    }

    /// <summary>By their places in the topic, as the notifiers know no other order.</summary>
    private static IEnumerable<Violation> Effects(
        Evidence evidence, Dictionary<Guid, int> places, Dictionary<Guid, int> failed) =>
        from effect in evidence.Effects
        where failed.TryGetValue(effect.TicketId, out var before)
            && places.TryGetValue(effect.EventId, out var place) && place > before
            && !evidence.ReadLate.Contains(effect.TicketId)
        select new Violation(
            Invariant.PassedFailed, $"{effect} happened past a failed event of its ticket", effect.TicketId);

    private static IEnumerable<Violation> HeldForNothing(
        Evidence evidence, Dictionary<Guid, int> places, Dictionary<Guid, int> failed) =>
        from held in evidence.Held
        let ticket = places.TryGetValue(held, out var place) ? evidence.Topic[place].Key : null
        where !evidence.Holds || !Guid.TryParse(ticket, out var id) || !failed.TryGetValue(id, out var before)
            || places[held] < before
        select new Violation(Invariant.HeldForNothing, $"event {held} of ticket {ticket} is held", held);

    /// <summary>Where each event is first seen; comparable within a ticket, which is in one partition.</summary>
    private static Dictionary<Guid, int> Places(Evidence evidence) => evidence.Topic.Index()
        .Where(message => message.Item.EventId is not null)
        .GroupBy(message => message.Item.EventId!.Value, message => message.Index)
        .ToDictionary(places => places.Key, places => places.Min());

    /// <summary>By ticket, where its first event is that failed.</summary>
    private static Dictionary<Guid, int> FirstFailed(Evidence evidence, Dictionary<Guid, int> places)
    {
        var failed = evidence.Processed.Where(row => row.Status == "failed").Select(row => row.EventId).ToHashSet();
        return evidence.Topic
            .Where(message => message.EventId is { } id && failed.Contains(id) && Guid.TryParse(message.Key, out _))
            .GroupBy(message => Guid.Parse(message.Key!), message => places[message.EventId!.Value])
            .ToDictionary(ticket => ticket.Key, ticket => ticket.Min());
    }

    private static Dictionary<Guid, int> First(IEnumerable<OutboxRow> failed) =>
        failed.GroupBy(row => row.TicketId).ToDictionary(rows => rows.Key, rows => rows.Min(row => row.Version));
}
