using System.Text;
using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Foreign messages of the largest possible size, so that none fits uncut into a dead letter.</summary>
internal sealed class BigMessagesFault : IFault
{
    /// <summary>Just below what a client sends by default; with the headers of a dead letter it is more.</summary>
    private const int Size = 999_700;

    public string Name => "big foreign messages";

    public FaultTargets Targets => FaultTargets.Topic;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        Message<byte[], byte[]>[] messages =
        [
            new() { Key = Key(Size), Value = [] },
            new() { Key = Key(), Value = new byte[Size] },
            new() { Key = Key(), Value = [], Headers = new Headers { { "foreign", new byte[Size] } } },
        ];
        foreach (var message in messages)
        {
            system.Planted.Enqueue(new Poison(MessageReading.KeyOf(message.Key)!, null));
        }

        await system.Events.WriteDespiteFaultsAsync(messages);
        return "1 with a big key, 1 with a big value, 1 with a big header";
    }

    private static byte[] Key(int size = 0) => Encoding.UTF8.GetBytes($"big-{Guid.NewGuid()}".PadRight(size, '.'));
}
