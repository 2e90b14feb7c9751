namespace ServiceDesk.TicketApi.Outbox;

/// <summary>Payload of <c>ticket.created</c>.</summary>
internal sealed record TicketCreated(Guid TicketId, string Title, string Description, string Status, int Version);
