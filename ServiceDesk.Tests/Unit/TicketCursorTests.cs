using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Unit;

public sealed class TicketCursorTests
{
    [Fact]
    public void A_cursor_leads_back_to_the_ticket_it_was_made_of() => Prop.ForAll<Guid>(id =>
        TicketCursor.TryParse(TicketCursor.Create(id), out var read)
        && read == id)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_cursor_needs_no_escaping_in_a_url() => Prop.ForAll<Guid>(id =>
        TicketCursor.Create(id) is var cursor
        && Uri.EscapeDataString(cursor) == cursor)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_breaks_the_reading_of_a_cursor() => Prop.ForAll<NonNull<string>>(text =>
        !TicketCursor.TryParse(text.Get, out _) || text.Get.Length == 22).QuickCheckThrowOnFailure();
}
