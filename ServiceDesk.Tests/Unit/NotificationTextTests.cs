using System.Text.Json;
using ServiceDesk.Events;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Tests.Unit;

public sealed class NotificationTextTests
{
    [Theory]
    [InlineData(EventTypes.TicketCreated, """{"title":"Printer on fire"}""", "New ticket: Printer on fire")]
    [InlineData(
        EventTypes.TicketStatusChanged, """{"title":"Printer on fire","old_status":"open","status":"closed"}""",
        "Printer on fire: open -> closed")]
    public void An_event_is_announced_as(string type, string payload, string text)
    {
        using var json = JsonDocument.Parse(payload);

        Assert.Equal(text, NotificationText.Write(
            new EventEnvelope(Guid.NewGuid(), type, default, "ticket", Guid.NewGuid(), null, json.RootElement)));
    }

    /// <summary>The database refuses an empty text, so the event fails where everybody can see it.</summary>
    [Theory]
    [InlineData(EventTypes.TicketCreated, """{"titel":"Printer on fire"}""")]
    [InlineData(EventTypes.TicketStatusChanged, """{"title":"Printer on fire","old_status":"open","state":"closed"}""")]
    [InlineData(EventTypes.TicketStatusChanged, """{"title":"Printer on fire","status":"closed"}""")]
    [InlineData(EventTypes.TicketStatusChanged, """{"title":"Printer on fire","old_status":"open","status":7}""")]
    public void An_event_that_lacks_what_its_text_needs_is_not_announced(string type, string payload)
    {
        using var json = JsonDocument.Parse(payload);

        Assert.Equal("", NotificationText.Write(
            new EventEnvelope(Guid.NewGuid(), type, default, "ticket", Guid.NewGuid(), null, json.RootElement)));
    }

    [Fact]
    public void Every_event_type_has_a_text_of_its_own() =>
        Assert.All(EventTypes.All, type => Assert.True(
            NotificationText.Knows(type), $"nobody says how {type} is announced: add it to NotificationText"));
}
