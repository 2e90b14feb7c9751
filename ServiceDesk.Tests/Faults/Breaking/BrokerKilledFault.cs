using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>A broker that is not ours, killed and started by commands of whoever it belongs to.</summary>
/// <param name="kill">Ends it without warning.</param>
/// <param name="start">Starts it again, with its data.</param>
internal sealed class BrokerKilledFault(string kill, string start) : IFault
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public string Name => "broker killed";

    public FaultTargets Targets => FaultTargets.Broker;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var outage = TimeSpan.FromSeconds(random.NextDouble() * 3);
        await RunAsync(kill);
        await Task.Delay(outage);
        await RunAsync(start);
        return $"away for {outage.TotalSeconds:0.0} s and its start";
    }

    private static async Task RunAsync(string command)
    {
        await using var shell = ChildProcess.Start("bash", ["-c", command], []);
        Assert.True(await shell.ExitCodeAsync(Limit) == 0, $"'{command}' failed: {shell}");
    }
}
