using System.Text;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.Bench;

/// <summary>Events as the relay reads them from the outbox.</summary>
internal static class SampleEvents
{
    /// <summary>Of each ticket so many, one after the other.</summary>
    public static IEnumerable<OutboxEvent> Create(int count, int perTicket)
    {
        var ticket = Guid.Empty;
        for (var i = 0; i < count; i++)
        {
            var change = (i % perTicket) + 1;
            ticket = change == 1 ? Guid.CreateVersion7() : ticket;
            yield return new OutboxEvent(
                i, Guid.CreateVersion7(), "ticket", ticket,
                change == 1 ? EventTypes.TicketCreated : EventTypes.TicketStatusChanged,
                Payload(ticket, change), Headers(), Attempts: 1, DateTime.UtcNow);
        }
    }

    private static byte[] Payload(Guid ticket, int version) => Encoding.UTF8.GetBytes(
        $$"""
        {"title": "{{SampleTexts.Title}}", "status": "in_progress", "version": {{version}},
         "ticket_id": "{{ticket}}", "old_status": "open", "description": "{{SampleTexts.Description}}"}
        """.ReplaceLineEndings(""));

    private static byte[] Headers() => Encoding.UTF8.GetBytes(
        $$"""
        {"request_id": "{{Guid.CreateVersion7()}}", "tracestate": null, "traceparent": "{{SampleTexts.TraceParent}}"}
        """);
}
