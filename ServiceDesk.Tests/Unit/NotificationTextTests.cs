using ServiceDesk.Events;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Tests.Unit;

public sealed class NotificationTextTests
{
    [Fact]
    public void Every_event_type_has_a_text_of_its_own() =>
        Assert.All(EventTypes.All, type => Assert.True(
            NotificationText.Knows(type), $"nobody says how {type} is announced: add it to NotificationText"));
}
