using System.Text;
using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>The broker has forgotten the producers, as after an unclean election; the relays publish meanwhile, and the
/// notifiers have dead letters to write.</summary>
internal sealed class ForgottenProducersFault(LocalKafkaProcess broker) : IFault
{
    private const int Rounds = 4;

    private static readonly ErrorCode[] Errors =
        [ErrorCode.OutOfOrderSequenceNumber, ErrorCode.UnknownProducerId, ErrorCode.InvalidProducerEpoch];

    public string Name => "forgotten producers";

    public FaultTargets Targets => FaultTargets.Broker | FaultTargets.Topic;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var codes = Enumerable.Range(0, Rounds).Select(_ => Errors[random.Next(Errors.Length)]).ToList();
        foreach (var code in codes)
        {
            var key = $"forgotten-{Guid.NewGuid()}";
            system.Planted.Enqueue(new Poison(key, null));
            await system.Events.WriteDespiteFaultsAsync(
                new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = [] });
            await broker.FailNextAsync("produce", code.ToString(), random.Next(1, 3));
        }

        return string.Join(", ", codes);
    }
}
