namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>Every acknowledged change has exactly one outbox row, and every row has a change.</summary>
internal static class ChangeRules
{
    public static IEnumerable<Violation> Check(Evidence evidence) =>
        [.. OfCallers(evidence), .. OfNobody(evidence), .. OfTickets(evidence)];

    private static IEnumerable<Violation> OfCallers(Evidence evidence)
    {
        var rows = evidence.Outbox.Where(row => row.RequestId is not null).ToLookup(row => row.RequestId!);
        foreach (var change in evidence.Changes)
        {
            var caused = change.RequestIds.SelectMany(id => rows[id]).ToList();
            if (caused.Count > 1)
            {
                yield return new(Invariant.ChangeDoubled, $"{caused.Count} rows for one {change}", change.TicketId);
            }
            else if (change.Outcome == Outcome.Refused && caused.Count > 0)
            {
                yield return new(Invariant.PhantomChange, $"{caused[0]} for a {change}", change.TicketId);
            }
            else if (change.Outcome == Outcome.Acknowledged
                && !caused.Any(row => row.TicketId == change.TicketId && row.Version == change.Version))
            {
                yield return new(Invariant.ChangeLost, $"no row for the {change}", change.TicketId);
            }
        }
    }

    private static IEnumerable<Violation> OfNobody(Evidence evidence)
    {
        var requests = evidence.Changes.SelectMany(change => change.RequestIds).ToHashSet();
        return evidence.Outbox.Where(row => row.RequestId is null || !requests.Contains(row.RequestId))
            .Select(row => new Violation(Invariant.PhantomChange, $"nobody asked for {row}", row.TicketId));
    }

    /// <summary>A ticket of version n has the events 1 to n, numbered in that order.</summary>
    private static IEnumerable<Violation> OfTickets(Evidence evidence)
    {
        var byTicket = evidence.Outbox.OrderBy(row => row.Id).ToLookup(row => row.TicketId, row => row.Version);
        foreach (var (ticket, version) in evidence.TicketVersions)
        {
            var versions = byTicket[ticket].ToList();
            foreach (var missing in Enumerable.Range(1, version).Except(versions))
            {
                yield return new(
                    Invariant.ChangeLost, $"ticket {ticket} of version {version} has no event {missing}", ticket);
            }

            foreach (var twice in versions.CountBy(v => v).Where(v => v.Value > 1))
            {
                yield return new(
                    Invariant.ChangeDoubled, $"ticket {ticket} has event {twice.Key} {twice.Value} times", ticket);
            }

            if (!versions.SequenceEqual(versions.Order()))
            {
                yield return new(Invariant.ChangesOutOfOrder,
                    $"ticket {ticket} has its events in the order {string.Join(' ', versions)}", ticket);
            }
        }

        foreach (var row in evidence.Outbox.Where(
            row => !evidence.TicketVersions.TryGetValue(row.TicketId, out var version) || row.Version > version))
        {
            yield return new(Invariant.PhantomChange, $"no ticket of that version for {row}", row.TicketId);
        }
    }
}
