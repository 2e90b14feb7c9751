namespace ServiceDesk.TicketApi.Tickets;

public sealed record Ticket(
    Guid Id,
    string Title,
    string Description,
    string Status,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
