namespace ServiceDesk.OutboxRelay;

/// <summary>How many events the next claim takes, and how many batches may be under way.
/// <para>A claim that leaves nothing behind takes all there is, so the size matters only in a backlog: there larger
/// batches cost less for each event, and the first ones are small, to get the broker busy soon.</para>
/// <para>Each claim passes over what is under way, so that is kept to what keeps claims going: it grows while they
/// wait for the broker, and shrinks when they do not.</para></summary>
internal sealed class Pace(int largest, int mostInFlight)
{
    private const int FirstShare = 4;
    private const int FewInFlight = 2;

    private readonly int _first = Math.Max(1, largest / FirstShare);

    public int BatchSize { get; private set; } = Math.Max(1, largest / FirstShare);

    public int BatchesInFlight { get; private set; } = Math.Min(FewInFlight, mostInFlight);

    /// <summary>Takes whether the last claim left due events behind.</summary>
    public void Claimed(bool hasMore) => BatchSize = hasMore ? Math.Min(largest, 2 * BatchSize) : _first;

    /// <summary>Takes what room the next claim found.</summary>
    /// <param name="underWay">Batches that are left.</param>
    /// <param name="wait">How long it waited for another one to end.</param>
    /// <param name="claim">How long the last claim took.</param>
    public void MadeRoom(int underWay, TimeSpan wait, TimeSpan claim)
    {
        if (wait > claim / 2)
        {
            BatchesInFlight = Math.Min(mostInFlight, BatchesInFlight + 1);
        }
        else if (underWay < BatchesInFlight - 1 && BatchesInFlight > FewInFlight)
        {
            BatchesInFlight--;
        }
    }
}
