namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>One change that a caller asked for, with as many requests as that took.</summary>
/// <param name="Outcome">What it was told in the end.</param>
/// <param name="TicketId">The ticket, where it is known.</param>
/// <param name="Version">The version that was acknowledged.</param>
/// <param name="RequestIds">The X-Request-Id of each request. The one that caused the event travels with it.</param>
internal sealed record RequestedChange(Outcome Outcome, Guid? TicketId, int? Version, IReadOnlyList<string> RequestIds)
{
    public override string ToString() =>
        $"{Outcome} change to version {Version} of ticket {TicketId}, requests {string.Join(' ', RequestIds)}";
}
