using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Every answer of the broker is late, at times later than a relay waits for it.</summary>
internal sealed class BrokerLatencyFault(LocalKafkaProcess broker) : IFault
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(4);

    public string Name => "broker latency";

    public FaultTargets Targets => FaultTargets.Broker;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var latency = TimeSpan.FromMilliseconds(random.Next(100, 2000));
        await broker.DelayAsync(latency);
        await Task.Delay(Slow);
        await broker.DelayAsync(TimeSpan.Zero);
        return $"{latency.TotalMilliseconds:0} ms for {Slow.TotalSeconds:0} s";
    }
}
