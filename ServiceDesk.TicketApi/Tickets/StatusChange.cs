namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Outcome of a status change: the ticket as changed, or the status that did not allow it, or neither when there
/// is no such ticket.</summary>
internal readonly record struct StatusChange(Ticket? Changed, string? Refused);
