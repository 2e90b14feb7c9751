namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>In the end nothing is open, and nothing but poison was given up, each with a dead letter.</summary>
internal static class EndRules
{
    public static IEnumerable<Violation> Check(Evidence evidence) =>
        [.. OfOutbox(evidence), .. OfProcessed(evidence), .. OfDeadLetters(evidence), .. OfLag(evidence)];

    private static IEnumerable<Violation> OfOutbox(Evidence evidence) =>
        from row in evidence.Outbox
        where row.Status != "sent"
        select new Violation(
            row.Status == "failed" ? Invariant.WronglyFailed : Invariant.Unfinished, row.ToString(), row.EventId);

    private static IEnumerable<Violation> OfProcessed(Evidence evidence)
    {
        var planted = evidence.Planted.Where(poison => poison.EventId is not null)
            .Select(poison => poison.EventId!.Value).ToHashSet();
        var statuses = evidence.Processed.ToLookup(row => row.EventId, row => row.Status);
        foreach (var row in evidence.Processed.Where(
            row => row.Status == "processing" || (row.Status == "failed" && !planted.Contains(row.EventId))))
        {
            yield return new(
                row.Status == "failed" ? Invariant.WronglyFailed : Invariant.Unfinished, row.ToString(), row.EventId);
        }

        foreach (var poison in planted.Where(
            id => !statuses[id].SequenceEqual(["failed"]) && !statuses[id].Contains("processing")))
        {
            yield return new(Invariant.PoisonUnreported,
                $"event {poison} is poison, and its status is '{string.Join(',', statuses[poison])}'", poison);
        }
    }

    private static IEnumerable<Violation> OfDeadLetters(Evidence evidence)
    {
        var ids = evidence.DeadLetters.Select(letter => letter.EventId).ToHashSet();
        var keys = evidence.DeadLetters.Where(letter => letter.EventId is null)
            .Select(letter => letter.Key).ToHashSet();
        foreach (var poison in evidence.Planted.Where(
            p => p.EventId is { } id ? !ids.Contains(id) : !keys.Contains(p.Key)))
        {
            yield return new(Invariant.PoisonUnreported, $"no dead letter for {poison}", poison.EventId);
        }

        var plantedIds = evidence.Planted.Select(poison => poison.EventId).ToHashSet();
        var plantedKeys = evidence.Planted.Where(poison => poison.EventId is null)
            .Select(poison => poison.Key).ToHashSet();
        foreach (var letter in evidence.DeadLetters.Where(
            l => l.EventId is { } id ? !plantedIds.Contains(id) : !plantedKeys.Contains(l.Key ?? "")))
        {
            yield return new(Invariant.WronglyFailed, $"not poison, but a dead letter: {letter}", letter.EventId);
        }
    }

    private static IEnumerable<Violation> OfLag(Evidence evidence) =>
        evidence.Lags.Where(lag => lag.Messages != 0)
            .Select(lag => new Violation(
                Invariant.Lagging, $"{lag.Messages} messages of partition {lag.Partition} are not committed"));
}
