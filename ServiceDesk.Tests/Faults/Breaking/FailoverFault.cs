using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The database's address leads to a hot standby for a while: every session is reset, new ones can only
/// read.</summary>
internal sealed class FailoverFault(DatabaseAddress address) : IFault
{
    public string Name => "failover to a read-only server and back";

    public FaultTargets Targets => FaultTargets.Database;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var away = TimeSpan.FromSeconds(1 + (random.NextDouble() * 4));
        address.LeadToStandby();
        await Task.Delay(away);
        address.LeadToPrimary();
        return $"read-only for {away.TotalSeconds:0.0} s";
    }
}
