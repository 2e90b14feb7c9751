using System.Diagnostics.Metrics;

namespace ServiceDesk.Clients.Operating;

/// <summary>What operators want to stand still at one stage of the pipeline.</summary>
/// <param name="All">Everything.</param>
/// <param name="EventTypes">Events of these types, and what follows them in their tickets.</param>
/// <param name="Tickets">Events of these tickets.</param>
public sealed record ActivePauses(bool All, string[] EventTypes, Guid[] Tickets)
{
    public static readonly ActivePauses None = new(false, [], []);

    public int Count => (All ? 1 : 0) + EventTypes.Length + Tickets.Length;

    /// <summary>How many pauses there are of each scope, for a gauge.</summary>
    public IEnumerable<Measurement<int>> Measure() =>
    [
        new(All ? 1 : 0, new KeyValuePair<string, object?>("scope", "all")),
        new(EventTypes.Length, new KeyValuePair<string, object?>("scope", "event_type")),
        new(Tickets.Length, new KeyValuePair<string, object?>("scope", "ticket")),
    ];

    /// <summary>Whether the same things are paused; both must be in the same order.</summary>
    public bool IsSameAs(ActivePauses other) =>
        All == other.All && EventTypes.SequenceEqual(other.EventTypes) && Tickets.SequenceEqual(other.Tickets);

    /// <summary>Whether anything but everything at once is paused.</summary>
    public bool IsSome => EventTypes.Length + Tickets.Length > 0;
}
