using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>The table at the end of a run.</summary>
internal static class ChaosReport
{
    private const int MostViolations = 20;

    public static void Print(Journal journal, ChaosSettings chaos, Evidence evidence, IReadOnlyList<StruckFault> faults)
    {
        var events = evidence.Topic.Where(message => message.EventId is not null).ToList();
        journal.Print("");
        Row(journal, "seed", chaos.Seed);
        Row(journal, "changes asked for", evidence.Changes.Count);
        Row(journal, "  acknowledged", evidence.Changes.Count(change => change.Outcome == Outcome.Acknowledged));
        Row(journal, "  refused", evidence.Changes.Count(change => change.Outcome == Outcome.Refused));
        Row(journal, "  outcome unknown", evidence.Changes.Count(change => change.Outcome == Outcome.Unknown));
        Row(journal, "requests repeated", evidence.Changes.Sum(change => change.RequestIds.Count - 1));
        Row(journal, "tickets", evidence.TicketVersions.Count);
        Row(journal, "events in the outbox", evidence.Outbox.Count);
        Row(journal, "messages in the topic", evidence.Topic.Count);
        Row(journal, "  duplicates", events.Count - events.DistinctBy(message => message.EventId).Count());
        Row(journal, "effects", evidence.Effects.Count);
        Row(journal, "poison planted", evidence.Planted.Count);
        Row(journal, "dead letters", evidence.DeadLetters.Count);
        Row(journal, "faults", faults.Sum(fault => fault.Names.Count));
        foreach (var kind in faults.SelectMany(fault => fault.Names).CountBy(name => name)
            .OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            Row(journal, $"  {kind.Key}", kind.Value);
        }

        journal.Print("");
        journal.Print($"{"at",8} {"lasted",8} {"recovery",9}  fault: alerts that fired, a second taken for a minute");
        foreach (var fault in faults)
        {
            journal.Print(
                $"{Seconds(fault.At),8} {Seconds(fault.Duration),8} {Seconds(fault.Recovery),9}  {fault.Detail}: "
                + $"{string.Join(", ", fault.Alerts.DefaultIfEmpty("none"))}");
        }
    }

    public static void Print(Journal journal, IReadOnlyList<Violation> violations, Fleet fleet)
    {
        journal.Print("");
        journal.Print(violations.Count == 0 ? "all invariants hold" : $"{violations.Count} VIOLATIONS");
        foreach (var violation in violations.Take(MostViolations))
        {
            journal.Print($"{violation.Invariant}: {violation.Detail}");
        }

        foreach (var subject in violations.Select(violation => violation.Subject).OfType<Guid>().Distinct().Take(3))
        {
            journal.Print($"--- what the logs say about {subject}");
            foreach (var line in fleet.Lines(subject.ToString()))
            {
                journal.Print(line);
            }
        }
    }

    private static void Row(Journal journal, string name, int value) => journal.Print($"{name,-36} {value,10}");

    private static string Seconds(TimeSpan? time) => time is { } known ? $"{known.TotalSeconds:0.0} s" : "never";
}
