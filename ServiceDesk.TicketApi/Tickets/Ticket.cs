using System.Data;
using Npgsql;

namespace ServiceDesk.TicketApi.Tickets;

public sealed record Ticket(
    Guid Id,
    string Title,
    string Description,
    string Status,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>A ticket as it was when it was created.</summary>
    internal static Ticket Created(Guid id, string title, string description, DateTimeOffset at) =>
        new(id, title, description, TicketStatus.Open, Version: 1, at, at);

    private static Ticket Read(NpgsqlDataReader row) => new(
        row.GetGuid("id"), row.GetString("title"), row.GetString("description"), row.GetString("status"),
        row.GetInt32("version"), row.GetFieldValue<DateTimeOffset>("created_at"),
        row.GetFieldValue<DateTimeOffset>("updated_at"));

    internal static async Task<List<Ticket>> ReadAllAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var tickets = new List<Ticket>();
        while (await row.ReadAsync(cancellationToken))
        {
            tickets.Add(Read(row));
        }

        return tickets;
    }
}

/// <summary>Payload of <c>ticket.created</c>.</summary>
internal sealed record TicketCreated(Guid TicketId, string Title, string Description, string Status, int Version);

/// <summary>Payload of <c>ticket.status_changed</c>.</summary>
internal sealed record TicketStatusChanged(Guid TicketId, string Title, string OldStatus, string Status, int Version);
