namespace ServiceDesk.TicketApi.Outbox;

/// <summary>Payload of <c>ticket.status_changed</c>.</summary>
internal sealed record TicketStatusChanged(Guid TicketId, string Title, string OldStatus, string Status, int Version);
