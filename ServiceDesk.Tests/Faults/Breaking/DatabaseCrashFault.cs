using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Postgres ends without warning, and recovers from its log a little later.</summary>
internal sealed class DatabaseCrashFault(IStoppableDatabaseServer postgres) : IFault
{
    public string Name => "Postgres immediate restart";

    public FaultTargets Targets => FaultTargets.Database;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var outage = TimeSpan.FromSeconds(random.NextDouble() * 3);
        await postgres.CrashAsync();
        await Task.Delay(outage);
        await postgres.StartAsync();
        return $"away for {outage.TotalSeconds:0.0} s";
    }
}
