using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Notifiers come and go, so that the group is rebalanced again and again.</summary>
internal sealed class RebalanceStormFault : IFault
{
    private const int Rounds = 3;

    public string Name => "rebalance storm";

    public FaultTargets Targets => FaultTargets.Notifiers;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        FleetMember? last = null;
        for (var round = 0; round < Rounds; round++)
        {
            // One comes while another leaves.
            var coming = system.Fleet.StartExtraNotifierAsync();
            await LeaveAsync(last, kill: random.Next(3) == 0);
            last = await coming;
        }

        await LeaveAsync(last, kill: false);
        return $"{Rounds} notifiers came and went";
    }

    private static async Task LeaveAsync(FleetMember? member, bool kill)
    {
        if (member is not null)
        {
            await (kill ? member.KillAsync() : member.StopAsync(RollingRestartFault.StopLimit));
        }
    }
}
