// Stands for the package Aspire.Confluent.Kafka 13.5.2, consumer half.
// Left out: keyed registrations, the overloads with only a builder callback, and all instrumentation: health check
// and tracing must be switched off, and with DisableMetrics = false only the statistics interval is set.

using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

public static class AspireKafkaConsumerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Consumer";

    public static void AddKafkaConsumer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName)
        => builder.AddKafkaConsumer<TKey, TValue>(connectionName, configureSettings: null);

    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaConsumerSettings>? configureSettings)
        => builder.AddKafkaConsumer(
            connectionName, configureSettings, (Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>?)null);

    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<ConsumerBuilder<TKey, TValue>>? configureBuilder)
        => builder.AddKafkaConsumer<TKey, TValue>(
            connectionName, configureSettings, (_, consumer) => configureBuilder?.Invoke(consumer));

    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new KafkaConsumerSettings();
        foreach (var section in KafkaClientSettings.Sections(builder.Configuration, Section, connectionName))
        {
            section.Bind(settings);
            section.GetSection("Config").Bind(settings.Config);
        }

        settings.ConnectionString =
            builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        KafkaClientSettings.RefuseWhatIsLeftOut(!settings.DisableHealthChecks, !settings.DisableTracing);
        KafkaClientSettings.Complete(settings.Config, settings.ConnectionString, !settings.DisableMetrics);

        builder.Services.AddSingleton(services => Create(services, settings.Config, configureBuilder));
    }

    private static IConsumer<TKey, TValue> Create<TKey, TValue>(
        IServiceProvider services,
        ConsumerConfig config,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
    {
        if (string.IsNullOrEmpty(config.BootstrapServers))
        {
            throw new InvalidOperationException("No bootstrap servers configured.");
        }

        if (config.GroupId is null)
        {
            throw new InvalidOperationException("No group id configured.");
        }

        var consumer = new ConsumerBuilder<TKey, TValue>(config);
        configureBuilder?.Invoke(services, consumer);
        var log = new KafkaLog(services.GetRequiredService<ILoggerFactory>());
        log.Attach(() => consumer.SetLogHandler((_, message) => log.Write(message)));
        return consumer.Build();
    }
}
