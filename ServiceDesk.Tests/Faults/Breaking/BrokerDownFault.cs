using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The broker resets every connection, and accepts none for a while.</summary>
internal sealed class BrokerDownFault(LocalKafkaProcess broker) : IFault
{
    public string Name => "broker down";

    public FaultTargets Targets => FaultTargets.Broker;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var outage = TimeSpan.FromSeconds(1 + (random.NextDouble() * 4));
        await broker.GoDownAsync();
        await Task.Delay(outage);
        await broker.ComeUpAsync();
        return $"for {outage.TotalSeconds:0.0} s";
    }
}
