using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.OutboxRelay.Publishing;

namespace ServiceDesk.Bench.Baselines;

/// <summary>A producer with the relay's settings that does nothing but send.</summary>
internal static class BareProducer
{
    private static readonly TimeSpan QueueFullWait = TimeSpan.FromMilliseconds(2);

    public static IProducer<byte[], byte[]> Create(string brokers)
    {
        var config = new ProducerConfig { BootstrapServers = brokers };
        KafkaExtensions.Configure(config, "bench", new ConfigurationBuilder().Build());
        OutboxProducer.Configure(config);
        return new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <returns>From the first message to the last acknowledgement.</returns>
    /// <exception cref="BenchException">The broker did not take a message.</exception>
    public static async Task<TimeSpan> SendAsync(
        string brokers, string topic, IEnumerable<Message<byte[], byte[]>> messages, CancellationToken cancellation)
    {
        using var producer = Create(brokers);
        Error? refused = null;
        var sent = 0;
        var acknowledged = 0;
        var started = Stopwatch.GetTimestamp();
        foreach (var message in messages)
        {
            while (!TryProduce(message))
            {
                await Task.Delay(QueueFullWait, cancellation);
            }

            sent++;
        }

        while (refused is null && Volatile.Read(ref acknowledged) < sent)
        {
            await Task.Delay(1, cancellation);
        }

        return refused is null
            ? Stopwatch.GetElapsedTime(started)
            : throw new BenchException($"the broker did not take a message: {refused.Reason}");

        bool TryProduce(Message<byte[], byte[]> message)
        {
            try
            {
                producer.Produce(topic, message, Count);
                return true;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                return false;
            }
        }

        void Count(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
            {
                refused = report.Error;
            }

            Interlocked.Increment(ref acknowledged);
        }
    }
}
