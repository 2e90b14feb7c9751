using Microsoft.Extensions.Hosting;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Gives memory back to the system in quiet times. Only what allocates makes the collector run, so an idle
/// service would keep what its start, or its last busy hour, has left behind.</summary>
internal sealed class IdleCollection : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Bytes allocated since, below which there is little to give back.</summary>
    private const long Worthwhile = 4 * 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var collections = GC.CollectionCount(generation: 0);
        var allocated = 0L;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isIdle = GC.CollectionCount(generation: 0) == collections;
            if (isIdle && GC.GetTotalAllocatedBytes() - allocated > Worthwhile)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                allocated = GC.GetTotalAllocatedBytes();
            }

            collections = GC.CollectionCount(generation: 0);
        }
    }
}
