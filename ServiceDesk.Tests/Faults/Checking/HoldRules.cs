namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>With OnFailure=hold nothing of a ticket passes an event that failed and was not put right.</summary>
internal static class HoldRules
{
    public static IEnumerable<Violation> Check(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events) =>
        evidence.Holds ? [.. Published(evidence, events), .. Effects(evidence, events)] : [];

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

    private static IEnumerable<Violation> Effects(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var failed = First(evidence.Processed.Where(row => row.Status == "failed" && events.ContainsKey(row.EventId))
            .Select(row => events[row.EventId]));
        return
            from effect in evidence.Effects.Where(effect => events.ContainsKey(effect.EventId))
            let row = events[effect.EventId]
            where failed.TryGetValue(row.TicketId, out var version) && row.Version > version
            select new Violation(
                Invariant.PassedFailed, $"{row} had its effect past version {failed[row.TicketId]}", row.TicketId);
    }

    private static Dictionary<Guid, int> First(IEnumerable<OutboxRow> failed) =>
        failed.GroupBy(row => row.TicketId).ToDictionary(rows => rows.Key, rows => rows.Min(row => row.Version));
}
