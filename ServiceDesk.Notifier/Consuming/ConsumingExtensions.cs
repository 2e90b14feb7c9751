using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
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
                builder.ConfigureKafka(settings.Config);
                Configure(settings.Config, kafka);
                // We have our own: readiness that writes to no topic, one trace across the hop, no statistics every second.
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            (services, consumer) => services.GetRequiredService<Assignment>().Handle(consumer));
        builder.AddKafkaProducer<byte[], byte[]>(ConnectionNames.Kafka, settings =>
        {
            builder.ConfigureKafka(settings.Config);
            settings.Config.Acks = Acks.All;
            settings.Config.EnableIdempotence = true;
            settings.Config.MessageTimeoutMs = 8_000;
            settings.DisableHealthChecks = true;
            settings.DisableTracing = true;
            settings.DisableMetrics = true;
        });
        builder.Services.AddSingleton<Assignment>();
        builder.Services.AddSingleton<Offsets>();
        builder.Services.AddSingleton<PartitionRetry>();
        builder.Services.AddSingleton<Retries>();
        builder.Services.AddSingleton<DeadLetterProducer>();
        builder.Services.AddSingleton<IMessageSink>(services => services.GetRequiredService<DeadLetterProducer>());
        builder.Services.AddSingleton<IKafkaHandle>(services => services.GetRequiredService<DeadLetterProducer>());
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddKafkaReadiness();
        builder.Services.AddHostedService<ConsumeLoop>();
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
}
