using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay.Publishing;

internal static class PublishingExtensions
{
    public static void AddPublishing(this IHostApplicationBuilder builder)
    {
        builder.AddKafkaProducer<byte[], byte[]>(
            ConnectionNames.Kafka,
            settings =>
            {
                builder.ConfigureKafka(settings.Config);
                OutboxProducer.Configure(settings.Config);
                // We have our own: readiness that writes to no topic, a span per event, no statistics every second.
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            (services, producer) => services.GetRequiredService<OutboxProducer>().BuildFrom(producer));
        builder.AddKafkaClientLog();
        builder.Services.AddSingleton<OutboxProducer>();
        builder.Services.AddSingleton<IKafkaHandle, ProbeClient>();
        builder.Services.AddSingleton<IMessageSink>(services => services.GetRequiredService<OutboxProducer>());
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddSingleton<Publisher>();
        builder.Services.AddKafkaReadiness();
    }
}
