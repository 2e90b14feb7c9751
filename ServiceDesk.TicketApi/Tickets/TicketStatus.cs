namespace ServiceDesk.TicketApi.Tickets;

/// <summary>The states of a ticket and the ways between them.</summary>
public static class TicketStatus
{
    public const string Open = "open";
    public const string InProgress = "in_progress";
    public const string Resolved = "resolved";
    public const string Closed = "closed";

    public static readonly string[] All = [Open, InProgress, Resolved, Closed];

    /// <summary>A resolved ticket can be taken up again; a closed one stays closed.</summary>
    public static IReadOnlyList<string> AllowedFrom(string status) => status switch
    {
        Open => [InProgress, Resolved, Closed],
        InProgress => [Open, Resolved, Closed],
        Resolved => [InProgress, Closed],
        _ => [],
    };
}
