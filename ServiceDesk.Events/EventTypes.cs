namespace ServiceDesk.Events;

public static class EventTypes
{
    public const string TicketCreated = "ticket.created";
    public const string TicketStatusChanged = "ticket.status_changed";

    /// <summary>Every type, so that metrics can show a zero before the first event.</summary>
    public static readonly string[] All = [TicketCreated, TicketStatusChanged];
}
