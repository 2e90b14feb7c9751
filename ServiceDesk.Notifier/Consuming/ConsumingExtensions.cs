using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

namespace ServiceDesk.Notifier.Consuming;

internal static class ConsumingExtensions
{
    public static void AddConsuming(this IHostApplicationBuilder builder, KafkaSettings kafka)
    {
        builder.AddKafkaConsumer<byte[], byte[]>(
            ConnectionNames.Kafka,
            settings =>
            {
                builder.ConfigureKafka(settings.Config, config => Configure(config, kafka));
                // Ours replace them: readiness that writes nothing, one trace across the hop, no
                // statistics each second.
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            (services, consumer) => services.GetRequiredService<RebalanceHandler>().Attach(consumer
                .SetLogHandler((_, message) => services.GetRequiredService<KafkaClientLog>().Write(message))));
        builder.AddReplaceableProducer(ConfigureLetters);
        builder.Services.AddSingleton<RebalanceHandler>();
        builder.Services.AddSingleton<Offsets>();
        builder.Services.AddSingleton<ConsumerLag>();
        builder.Services.AddSingleton<TopicIdentity>();
        builder.Services.AddSingleton<PartitionRetry>();
        builder.Services.AddSingleton<Retries>();
        builder.Services.AddSingleton<Pauses>();
        builder.Services.AddSingleton<IKafkaHandle, ConsumerHandle>();
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddSingleton<DeadLetterOffice>();
        builder.Services.AddSingleton<ConsumerTracing>();
        builder.Services.AddSingleton<HeldEvents>();
        builder.Services.AddSingleton<Holding>();
        builder.Services.AddSingleton<EventProcessor>();
        builder.Services.AddKafkaReadiness();
        builder.Services.AddReadiness<DeadLetterHealthCheck>("dead_letters");
        builder.Services.AddHostedService<ConsumeLoop>();
        builder.Services.AddHostedService<HeldRelease>();
    }

    /// <summary>Settings that the promises and the throughput rest on.</summary>
    public static void Configure(ConsumerConfig config, KafkaSettings kafka)
    {
        config.GroupId = kafka.GroupId;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs ??= 10_000;
        config.HeartbeatIntervalMs ??= 1_000;
        // Bounds what is fetched ahead, whatever the number of partitions.
        config.QueuedMaxMessagesKbytes = 16 * 1024;
        config.FetchWaitMaxMs = 100;
        config.FetchErrorBackoffMs = 100;
    }

    private static void ConfigureLetters(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.MessageTimeoutMs = 30_000;
        // The broker refuses whole batches. A larger letter gets a batch of its own, so no other is cut with it.
        config.BatchSize = 64 * 1024;
    }
}
