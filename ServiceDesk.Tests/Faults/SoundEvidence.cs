using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults;

/// <summary>Evidence of a run without any fault, for the checker's own tests to spoil.</summary>
internal static class SoundEvidence
{
    private const int Partitions = 2;

    /// <summary>Tickets one after the other, each with its changes in a row.</summary>
    public static Evidence Of(int tickets, int changes)
    {
        var outbox = (
            from ticket in Enumerable.Range(0, tickets).Select(_ => Guid.NewGuid()).ToList()
            from version in Enumerable.Range(1, changes)
            select (ticket, version))
            .Select((change, index) => new OutboxRow(
                index + 1, Guid.NewGuid(), change.ticket, change.version, $"request-{index}", "sent")).ToList();
        return Renumbered(new Evidence
        {
            Changes = [.. outbox.Select(
                row => new RequestedChange(Outcome.Acknowledged, row.TicketId, row.Version, [row.RequestId!]))],
            TicketVersions = outbox.GroupBy(row => row.TicketId)
                .ToDictionary(rows => rows.Key, rows => rows.Max(row => row.Version)),
            Outbox = outbox,
            Topic = [.. outbox.Select(row =>
                new TopicMessage((int)((row.Id - 1) / changes % Partitions), 0, $"{row.TicketId}", row.EventId))],
            Processed = [.. outbox.Select(row => new ProcessedRow(row.EventId, "done"))],
            Effects = [.. outbox.Select(row => new Effect(row.EventId, row.TicketId))],
            DeadLetters = [],
            Planted = [],
            Lags = [.. Enumerable.Range(0, Partitions).Select(partition => new PartitionLag(partition, 0))],
        });
    }

    /// <summary>The same messages in the same order, with offsets that have no gap.</summary>
    public static Evidence Renumbered(Evidence evidence) => evidence with
    {
        Topic = [.. evidence.Topic.GroupBy(message => message.Partition)
            .SelectMany(partition => partition.Select((message, offset) => message with { Offset = offset }))],
    };

    /// <summary>The last event is nowhere, though its change was acknowledged.</summary>
    public static Evidence WithoutLastEvent(Evidence evidence) => Renumbered(evidence with
    {
        Outbox = [.. evidence.Outbox.SkipLast(1)],
        Topic = [.. evidence.Topic.Where(message => message.EventId != evidence.Outbox[^1].EventId)],
        Processed = [.. evidence.Processed.SkipLast(1)],
        Effects = [.. evidence.Effects.SkipLast(1)],
    });

    /// <summary>With an unreadable message and an event without a possible effect, both handled correctly.</summary>
    public static Evidence WithPoison(Evidence evidence)
    {
        var (unreadable, useless) = (new Poison("unreadable", null), new Poison("useless", Guid.NewGuid()));
        return evidence with
        {
            Planted = [unreadable, useless],
            Topic =
            [
                .. evidence.Topic,
                new TopicMessage(Partitions, 0, unreadable.Key, null),
                new TopicMessage(Partitions, 1, useless.Key, useless.EventId),
            ],
            Processed = [.. evidence.Processed, new ProcessedRow(useless.EventId!.Value, "failed")],
            DeadLetters = [new DeadLetter(unreadable.Key, null), new DeadLetter(useless.Key, useless.EventId)],
        };
    }

    /// <summary>With poison of the ticket before one of its events in the topic, handled correctly but for what comes
    /// after it.</summary>
    public static Evidence WithPoisonBefore(Evidence evidence, OutboxRow row)
    {
        var poison = new Poison($"{row.TicketId}", Guid.NewGuid());
        return Renumbered(evidence with
        {
            Planted = [poison],
            Topic =
            [
                .. evidence.Topic.TakeWhile(message => message.EventId != row.EventId),
                evidence.Topic.First(message => message.EventId == row.EventId) with { EventId = poison.EventId },
                .. evidence.Topic.SkipWhile(message => message.EventId != row.EventId),
            ],
            Processed = [.. evidence.Processed, new ProcessedRow(poison.EventId!.Value, "failed")],
            DeadLetters = [new DeadLetter(poison.Key, poison.EventId)],
        });
    }

    /// <summary>Some events are held, and have no effect.</summary>
    public static Evidence WithHeld(Evidence evidence, IEnumerable<OutboxRow> rows)
    {
        var held = rows.Select(row => row.EventId).ToHashSet();
        return evidence with
        {
            Held = held,
            Processed = [.. evidence.Processed.Where(row => !held.Contains(row.EventId))],
            Effects = [.. evidence.Effects.Where(effect => !held.Contains(effect.EventId))],
        };
    }
}
