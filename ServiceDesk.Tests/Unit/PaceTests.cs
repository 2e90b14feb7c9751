using ServiceDesk.OutboxRelay;

namespace ServiceDesk.Tests.Unit;

public sealed class PaceTests
{
    private static readonly TimeSpan Claim = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void More_batches_are_under_way_while_claims_wait_for_the_broker()
    {
        var pace = new Pace(largest: 2_000, mostInFlight: 4);
        Assert.Equal(2, pace.BatchesInFlight);

        pace.MadeRoom(underWay: 1, LongWait, Claim);
        Assert.Equal(3, pace.BatchesInFlight);
        pace.MadeRoom(underWay: 2, LongWait, Claim);
        pace.MadeRoom(underWay: 3, LongWait, Claim);
        Assert.Equal(4, pace.BatchesInFlight);

        pace.MadeRoom(underWay: 3, TimeSpan.Zero, Claim);
        Assert.Equal(4, pace.BatchesInFlight);
        pace.MadeRoom(underWay: 2, TimeSpan.Zero, Claim);
        Assert.Equal(3, pace.BatchesInFlight);
        pace.MadeRoom(underWay: 0, TimeSpan.Zero, Claim);
        pace.MadeRoom(underWay: 0, TimeSpan.Zero, Claim);
        Assert.Equal(2, pace.BatchesInFlight);
    }

    [Fact]
    public void One_batch_at_a_time_stays_one()
    {
        var pace = new Pace(largest: 2_000, mostInFlight: 1);

        pace.MadeRoom(underWay: 0, LongWait, Claim);
        pace.MadeRoom(underWay: 0, TimeSpan.Zero, Claim);

        Assert.Equal(1, pace.BatchesInFlight);
    }
}
