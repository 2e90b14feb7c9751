using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

public static class AspireKafkaProducerExtensions
{
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder = null)
    {
        var settings = new KafkaProducerSettings();
        var section = builder.Configuration.GetSection("Aspire:Confluent:Kafka:Producer");
        foreach (var source in (IConfigurationSection[])[section, section.GetSection(connectionName)])
        {
            source.Bind(settings);
            source.GetSection("Config").Bind(settings.Config);
        }

        configureSettings?.Invoke(settings);
        settings.Complete(settings.Config, builder.Configuration.GetConnectionString(connectionName));
        builder.Services.AddSingleton(services =>
        {
            var producer = new ProducerBuilder<TKey, TValue>(settings.Config);
            configureBuilder?.Invoke(services, producer);
            KafkaLog.Attach(services, handler => producer.SetLogHandler((_, message) => handler(message)));
            return producer.Build();
        });
    }
}
