using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>SIGSTOP, and SIGCONT when others have given up on the process: it continues where it was, unaware of what
/// happened meanwhile.</summary>
internal sealed class FreezeFault(string project, FaultTargets target, TimeSpan frozen) : IFault
{
    public string Name => $"SIGSTOP {project}";

    public FaultTargets Targets => target;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var members = system.Fleet.Of(project);
        var victim = members[random.Next(members.Count)];
        var process = await victim.RunningAsync();
        process.Freeze();
        await Task.Delay(frozen);
        process.Thaw();
        return $"{victim.Name} for {frozen.TotalSeconds:0.#} s";
    }
}
