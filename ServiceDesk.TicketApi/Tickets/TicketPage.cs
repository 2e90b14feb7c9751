namespace ServiceDesk.TicketApi.Tickets;

/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record TicketPage(IReadOnlyList<Ticket> Items, string? NextCursor);
