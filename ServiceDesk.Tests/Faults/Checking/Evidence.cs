namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Everything that was asked for, and everything that came of it, in plain data.</summary>
internal sealed record Evidence
{
    public required IReadOnlyList<RequestedChange> Changes { get; init; }

    public required IReadOnlyDictionary<Guid, int> TicketVersions { get; init; }

    public required IReadOnlyList<OutboxRow> Outbox { get; init; }

    /// <summary>Per partition in the order of the offsets, from the first message on.</summary>
    public required IReadOnlyList<TopicMessage> Topic { get; init; }

    public required IReadOnlyList<ProcessedRow> Processed { get; init; }

    /// <summary>In the order in which they happened.</summary>
    public required IReadOnlyList<Effect> Effects { get; init; }

    public required IReadOnlyList<DeadLetter> DeadLetters { get; init; }

    public required IReadOnlyList<Poison> Planted { get; init; }

    public required IReadOnlyList<PartitionLag> Lags { get; init; }

    /// <summary>Whether an event that failed was to hold the later ones of its ticket (OnFailure=hold).</summary>
    public bool Holds { get; init; }

    /// <summary>Events that the notifiers hold.</summary>
    public IReadOnlySet<Guid> Held { get; init; } = new HashSet<Guid>();

    /// <summary>Tickets whose effects may be out of order: the notifiers read a part of the topic late, because it was
    /// made anew under them.</summary>
    public IReadOnlySet<Guid> ReadLate { get; init; } = new HashSet<Guid>();
}
