using Microsoft.Extensions.Time.Testing;
using ServiceDesk.Clients;

namespace ServiceDesk.Tests.Unit;

public sealed class LogPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_reason_is_said_once_a_minute_with_the_number_of_lines_left_out()
    {
        var pace = new LogPace(_time);

        var said = Enumerable.Range(0, 61).Select(_ => Next(pace, "refused")).OfType<string>();

        Assert.Equal(["refused", "refused (and 59 more)"], said);
    }

    [Fact]
    public void Another_reason_has_a_line_of_its_own_and_another_number_is_no_other_reason()
    {
        var pace = new LogPace(_time);

        Assert.Equal("port 5432: refused after 3 ms", pace.Next("port 5432: refused after 3 ms"));
        Assert.Equal("timed out", pace.Next("timed out"));
        Assert.Null(pace.Next("port 5432: refused after 12 ms"));
    }

    [Fact]
    public void However_many_reasons_there_are_lines_and_memory_are_bounded_and_later_ones_have_room_again()
    {
        var pace = new LogPace(_time);

        var said = Enumerable.Range(1, 1000).Count(n => pace.Next(new string('x', n)) is not null);

        Assert.Equal(33, said);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("new", pace.Next("new"));
    }

    private string? Next(LogPace pace, string reason)
    {
        var said = pace.Next(reason);
        _time.Advance(TimeSpan.FromSeconds(1));
        return said;
    }
}
