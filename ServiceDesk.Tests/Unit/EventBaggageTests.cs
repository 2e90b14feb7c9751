using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Events;

namespace ServiceDesk.Tests.Unit;

public sealed class EventBaggageTests
{
    private const int MaxLength = 6 * 1024;

    [Fact]
    public void What_a_request_carries_is_what_the_consumer_reads()
    {
        using var request = new Activity("request").AddBaggage("tenant", "blue").AddBaggage("note", "a b,c=ü").Start();
        using var consumer = new Activity("process");

        EventBaggage.Read(EventBaggage.Write(request), consumer);

        Assert.Equal(request.Baggage.ToDictionary(), consumer.Baggage.ToDictionary());
    }

    [Fact]
    public void Without_baggage_there_is_no_header() => Assert.Null(EventBaggage.Write(new Activity("request")));

    [Fact]
    public void Beyond_64_members_the_rest_is_left_out() => Assert.Equal(
        string.Join(",", Enumerable.Range(0, 64).Select(n => $"k{n}=v")),
        EventBaggage.Bound(string.Join(",", Enumerable.Range(0, 70).Select(n => $"k{n}=v"))));

    [Fact]
    public void A_member_is_taken_whole_or_not_at_all()
    {
        Assert.Equal("a=1", EventBaggage.Bound($"a=1,b={new string('x', MaxLength)}"));
        Assert.Null(EventBaggage.Bound($"b={new string('x', MaxLength)}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a=1\r\nx: y")]
    [InlineData("a=ü")]
    public void What_cannot_be_a_header_is_dropped(string? header) => Assert.Null(EventBaggage.Bound(header));

    [Fact]
    public void Whatever_somebody_sends_it_is_bounded_and_nothing_throws() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(), text =>
        {
            var bound = EventBaggage.Bound(text is null ? null : string.Concat(Enumerable.Repeat(text, 500)));
            using var consumer = new Activity("process");
            EventBaggage.Read(bound, consumer);
            return (bound ?? "").Length <= MaxLength && (bound ?? "").Split(',').Length <= 64;
        }).QuickCheckThrowOnFailure();
}
