using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Notifier.Consuming;
using ServiceDesk.Settings;

namespace ServiceDesk.Bench.Baselines;

/// <summary>A consumer with the notifier's settings that does nothing but read.</summary>
internal static class BareConsumer
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Reads a topic from its beginning.</summary>
    /// <param name="brokers">Where it is.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="count">How many messages are in it.</param>
    /// <param name="each">Sees every message.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>From the first message to the last.</returns>
    /// <exception cref="BenchException">There are fewer messages.</exception>
    public static Task<TimeSpan> ReadAsync(
        string brokers, string topic, int count, Action<ConsumeResult<byte[], byte[]>> each,
        CancellationToken cancellation) =>
        Task.Run(() => Read(brokers, topic, count, each, cancellation), cancellation);

    private static TimeSpan Read(
        string brokers, string topic, int count, Action<ConsumeResult<byte[], byte[]>> each,
        CancellationToken cancellation)
    {
        var config = new ConsumerConfig { BootstrapServers = brokers };
        KafkaExtensions.Configure(config, "bench", new ConfigurationBuilder().Build());
        ConsumingExtensions.Configure(config, new KafkaSettings { GroupId = $"bench-{Guid.NewGuid():N}" });
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(topic);
        var first = 0L;
        var lastSeen = Stopwatch.GetTimestamp();
        for (var read = 0; read < count;)
        {
            cancellation.ThrowIfCancellationRequested();
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } message)
            {
                if (Stopwatch.GetElapsedTime(lastSeen) > Silence)
                {
                    throw new BenchException(
                        $"only {read} of {count} messages are in the topic; the broker has dropped the others");
                }

                continue;
            }

            lastSeen = Stopwatch.GetTimestamp();
            first = read++ == 0 ? lastSeen : first;
            each(message);
        }

        consumer.Close();
        return Stopwatch.GetElapsedTime(first, lastSeen);
    }
}
