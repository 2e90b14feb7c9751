using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

public static class AspireKafkaConsumerExtensions
{
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder = null)
    {
        var settings = new KafkaConsumerSettings();
        var section = builder.Configuration.GetSection("Aspire:Confluent:Kafka:Consumer");
        foreach (var source in (IConfigurationSection[])[section, section.GetSection(connectionName)])
        {
            source.Bind(settings);
            source.GetSection("Config").Bind(settings.Config);
        }

        configureSettings?.Invoke(settings);
        settings.Complete(settings.Config, builder.Configuration.GetConnectionString(connectionName));
        builder.Services.AddSingleton(services =>
        {
            var consumer = new ConsumerBuilder<TKey, TValue>(settings.Config);
            configureBuilder?.Invoke(services, consumer);
            KafkaLog.Attach(services, handler => consumer.SetLogHandler((_, message) => handler(message)));
            return consumer.Build();
        });
    }
}
