namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Every event has its effect exactly once, in the order of the changes, and poison has none.</summary>
internal static class EffectRules
{
    public static IEnumerable<Violation> Check(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events) =>
        [.. Counts(evidence), .. Phantoms(evidence, events), .. OutOfOrder(evidence, events)];

    private static IEnumerable<Violation> Counts(Evidence evidence)
    {
        var counts = evidence.Effects.CountBy(effect => effect.EventId).ToDictionary();
        var done = evidence.Processed.Where(row => row.Status == "done").Select(row => row.EventId).ToHashSet();
        foreach (var (id, count) in counts.Where(effect => effect.Value > 1))
        {
            yield return new(Invariant.EffectDoubled, $"{count} effects of event {id}", id);
        }

        // An event that is not sent, not yet processed, or held is somebody else's finding.
        var open = evidence.Processed.Where(row => row.Status != "done").Select(row => row.EventId)
            .Concat(evidence.Held).ToHashSet();
        foreach (var row in evidence.Outbox.Where(row => row.Status == "sent" && !open.Contains(row.EventId)))
        {
            if (!counts.ContainsKey(row.EventId) || !done.Contains(row.EventId))
            {
                yield return new(Invariant.EffectLost, $"no effect of {row}", row.EventId);
            }
        }
    }

    private static IEnumerable<Violation> Phantoms(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var planted = evidence.Planted.Where(poison => poison.EventId is not null)
            .Select(poison => poison.EventId!.Value).ToHashSet();
        var strange = evidence.Effects.Select(effect => effect.EventId)
            .Concat(evidence.Processed.Select(row => row.EventId).Where(id => !planted.Contains(id)))
            .Where(id => !events.ContainsKey(id));
        return strange.Distinct().Select(id =>
            new Violation(Invariant.PhantomEffect, $"an effect of {id}, which is no event of the outbox", id));
    }

    private static IEnumerable<Violation> OutOfOrder(
        Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var latest = new Dictionary<Guid, int>();
        foreach (var row in evidence.Effects.DistinctBy(effect => effect.EventId)
            .Where(e => events.ContainsKey(e.EventId)).Select(e => events[e.EventId])
            .Where(row => !evidence.ReadLate.Contains(row.TicketId)))
        {
            if (latest.TryGetValue(row.TicketId, out var before) && before > row.Version)
            {
                yield return new(Invariant.EffectsOutOfOrder,
                    $"version {row.Version} of ticket {row.TicketId} took effect after version {before}", row.TicketId);
            }

            latest[row.TicketId] = Math.Max(latest.GetValueOrDefault(row.TicketId), row.Version);
        }
    }
}
