using Microsoft.Extensions.Hosting;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Gives memory back to the system in quiet times. Only what allocates makes the collector run, so an idle
/// service would keep what its start, or its last busy hour, has left behind.</summary>
internal sealed class IdleCollection : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Bytes: who allocates less in an interval is idle, and who has allocated less since the last collection
    /// has little to give back.</summary>
    private const long Little = 4 * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var (before, collected) = (GC.GetTotalAllocatedBytes(), 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            if (allocated - before < Little && allocated - collected > Little)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                collected = allocated;
            }

            before = allocated;
        }
    }
}
