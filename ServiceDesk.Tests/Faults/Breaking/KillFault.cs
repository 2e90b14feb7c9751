using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>SIGKILL, and a new process, as an orchestrator would start it.</summary>
internal sealed class KillFault(string project, FaultTargets target) : IFault
{
    public string Name => $"SIGKILL {project}";

    public FaultTargets Targets => target;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var members = system.Fleet.Of(project);
        var victim = members[random.Next(members.Count)];
        await victim.KillAsync();
        await victim.StartAsync();
        return victim.Name;
    }
}
