using Confluent.Kafka;
using Diag.CommandLine;

namespace Diag.Kafka;

/// <summary>A producer for messages that have to meet the services' own: acknowledged, and in the same partitions.</summary>
internal static class EventProducer
{
    public static IProducer<byte[]?, byte[]> Build(DiagSettings settings) =>
        new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = settings.Brokers,
            Acks = Acks.All,
            EnableIdempotence = true,
            // The services' partitioner: a key has to meet its other messages.
            Partitioner = Partitioner.Murmur2Random,
            MessageTimeoutMs = (int)DiagSettings.AnswerTimeout.TotalMilliseconds,
        })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
}
