using System.Text.Json;
using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>An answer of the API, or that there was none.</summary>
/// <param name="Status">0 when the connection was lost.</param>
/// <param name="Ticket">The ticket, in an answer that holds one.</param>
internal readonly record struct Reply(int Status, JsonElement Ticket)
{
    /// <summary>A request that timed out may have been carried out, like one that ended in a 5xx.</summary>
    public Outcome Outcome => Status switch
    {
        200 or 201 => Outcome.Acknowledged,
        0 or 408 or >= 500 => Outcome.Unknown,
        _ => Outcome.Refused,
    };

    public Guid Id => Ticket.GetProperty("id").GetGuid();

    public int Version => Ticket.GetProperty("version").GetInt32();

    public string TicketStatus => Ticket.GetProperty("status").GetString()!;
}
