using ServiceDesk.Events;

namespace ServiceDesk.Tests.Unit;

public sealed class EventTypesTests
{
    [Fact]
    public void All_are_all() => Assert.Equal(
        typeof(EventTypes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!),
        EventTypes.All);
}
