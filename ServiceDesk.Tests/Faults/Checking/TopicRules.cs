namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Every sent event is in the topic, in the published form; nothing else is but what was planted; and no
/// ticket's event is first seen before an earlier one of the same ticket.</summary>
internal static class TopicRules
{
    public static IEnumerable<Violation> Check(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events) =>
        [
            .. Gaps(evidence.Topic), .. Lost(evidence), .. Phantoms(evidence, events),
            .. OutOfOrder(evidence.Topic, events), .. Misshapen(evidence.Topic, events),
        ];

    /// <summary>Duplicates are allowed anywhere: a consumer that remembers ids never sees them.</summary>
    public static IEnumerable<Violation> OutOfOrder(
        IEnumerable<TopicMessage> topic, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var seen = new HashSet<Guid>();
        var latest = new Dictionary<Guid, (int Version, int Partition)>();
        foreach (var message in topic)
        {
            if (message.EventId is not { } id || !events.TryGetValue(id, out var row) || !seen.Add(id))
            {
                continue;
            }

            if (latest.TryGetValue(row.TicketId, out var before)
                && (before.Version > row.Version || before.Partition != message.Partition))
            {
                yield return new(Invariant.EventsOutOfOrder,
                    $"version {row.Version} of ticket {row.TicketId} is first seen in partition {message.Partition} " +
                    $"at {message.Offset}, after version {before.Version} in partition {before.Partition}",
                    row.TicketId);
            }

            latest[row.TicketId] = (Math.Max(before.Version, row.Version), message.Partition);
        }
    }

    /// <summary>What others write is theirs: only events of the outbox promise to fit.</summary>
    private static IEnumerable<Violation> Misshapen(
        IEnumerable<TopicMessage> topic, IReadOnlyDictionary<Guid, OutboxRow> events) =>
        from message in topic
        where message is { Misfit: not null, EventId: { } id } && events.ContainsKey(id)
        select new Violation(Invariant.EventMisshapen, $"{message}", message.EventId);

    private static IEnumerable<Violation> Gaps(IEnumerable<TopicMessage> topic) =>
        from partition in topic.GroupBy(message => message.Partition)
        let offsets = partition.Select(message => message.Offset).ToList()
        where !offsets.SequenceEqual(Enumerable.Range(0, offsets.Count).Select(offset => (long)offset))
        select new Violation(
            Invariant.EvidenceIncomplete,
            $"{offsets.Count} messages of partition {partition.Key}, from {offsets[0]} to {offsets[^1]}");

    private static IEnumerable<Violation> Lost(Evidence evidence)
    {
        var published = evidence.Topic.Select(message => message.EventId).ToHashSet();
        return evidence.Outbox.Where(row => row.Status == "sent" && !published.Contains(row.EventId))
            .Select(row => new Violation(Invariant.EventLost, $"not in the topic: {row}", row.EventId));
    }

    private static IEnumerable<Violation> Phantoms(Evidence evidence, IReadOnlyDictionary<Guid, OutboxRow> events)
    {
        var ids = evidence.Planted.Where(poison => poison.EventId is not null)
            .Select(poison => poison.EventId).ToHashSet();
        var keys = evidence.Planted.Where(poison => poison.EventId is null).Select(poison => poison.Key).ToHashSet();
        return evidence.Topic
            .Where(message => message.EventId is { } id
                ? !events.ContainsKey(id) && !ids.Contains(id)
                : message.Key is null || !keys.Contains(message.Key))
            .Select(message => new Violation(Invariant.PhantomEvent, $"nobody wrote {message}", message.EventId));
    }
}
