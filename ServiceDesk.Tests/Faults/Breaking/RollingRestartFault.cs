using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>SIGTERM to everything, of each service one process after the other, as a deployment does it.</summary>
internal sealed class RollingRestartFault : IFault
{
    /// <summary>The services promise 10 s; starved of processor time, as here, they may need longer.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public string Name => "rolling restart";

    public FaultTargets Targets => FaultTargets.Apis | FaultTargets.Relays | FaultTargets.Notifiers;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        await Task.WhenAll(system.Fleet.Members.GroupBy(member => member.Project).Select(async service =>
        {
            foreach (var member in service)
            {
                await member.StopAsync(StopLimit);
                await member.StartAsync();
            }
        }));
        return $"{system.Fleet.Members.Count} processes";
    }
}
