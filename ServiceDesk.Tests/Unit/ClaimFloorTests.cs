using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.Tests.Unit;

/// <summary>P3: an id that may still be committed is never below the floor.</summary>
public sealed class ClaimFloorTests
{
    private readonly ClaimFloor _floor = new();

    [Fact]
    public void It_rises_with_what_is_sent_when_nobody_writes()
    {
        _floor.Read(1, 1_000, []);
        _floor.Read(1_001, 2_000, []);
        _floor.Read(2_001, 3_000, []);

        Assert.Equal(1_001, _floor.Value);
    }

    [Fact]
    public void It_stays_below_what_is_unsent()
    {
        for (var round = 0; round < 5; round++)
        {
            _floor.Read(17, 1_000, []);
        }

        Assert.Equal(17, _floor.Value);
    }

    [Fact]
    public void It_does_not_rise_while_who_wrote_at_a_claim_still_writes()
    {
        _floor.Read(1, 1_000, ["3/7"]);
        for (var round = 0; round < 5; round++)
        {
            _floor.Read(null, 2_000, ["3/7", $"4/{round}"]);
        }

        Assert.Equal(1, _floor.Value);
    }

    [Fact]
    public void Who_came_later_does_not_hold_it_up_for_ever()
    {
        for (var round = 0; round < 10; round++)
        {
            _floor.Read((1_000 * round) + 1, 1_000 * (round + 1), [$"3/{round}"]);
        }

        Assert.InRange(_floor.Value, 6_001, 9_001);
    }

    [Fact]
    public void What_turns_up_below_it_is_read_again_and_passed_when_it_is_sent()
    {
        It_rises_with_what_is_sent_when_nobody_writes();
        _floor.Lower(5);
        Assert.Equal(5, _floor.Value);
        _floor.Read(5, 3_000, []);
        Assert.Equal(5, _floor.Value);

        _floor.Read(3_001, 3_500, []);

        Assert.InRange(_floor.Value, 1_001, 3_001);
    }
}
