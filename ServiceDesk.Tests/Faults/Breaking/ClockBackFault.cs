using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The database's clock is set back while it runs, and right again after a restart: as with NTP, or a failover
/// to a node whose clock is behind.</summary>
internal sealed class ClockBackFault(ThrowAwayCluster postgres) : IFault
{
    /// <summary>The clock is read anew this often; see <see cref="FakeClock"/>.</summary>
    private static readonly TimeSpan TimeToBeSeen = TimeSpan.FromSeconds(3);

    public string Name => "database clock stepped back";

    public FaultTargets Targets => FaultTargets.Database;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var back = TimeSpan.FromSeconds(random.Next(5, 120));
        await postgres.StopAsync();
        await postgres.StartOnFakeClockAsync();
        await Task.Delay(TimeToBeSeen);
        await postgres.SetClockAsync(-back);
        await Task.Delay(TimeToBeSeen);
        await postgres.StopAsync();
        await postgres.StartAsync();
        return $"by {back.TotalSeconds:0} s";
    }
}
