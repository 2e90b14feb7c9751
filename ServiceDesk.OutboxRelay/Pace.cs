namespace ServiceDesk.OutboxRelay;

/// <summary>How many events the next claim takes. A claim that leaves nothing behind takes all there is, so the size
/// matters only in a backlog: there larger batches cost less for each event, and the first ones are small, to get the
/// broker busy soon.</summary>
internal sealed class Pace(int largest)
{
    private const int FirstShare = 4;

    private readonly int _first = Math.Max(1, largest / FirstShare);

    public int BatchSize { get; private set; } = Math.Max(1, largest / FirstShare);

    /// <summary>Takes whether the last claim left due events behind.</summary>
    public void Claimed(bool hasMore) => BatchSize = hasMore ? Math.Min(largest, 2 * BatchSize) : _first;
}
