// Stands for the package Aspire.Confluent.Kafka 13.5.2, producer half.
// Left out: keyed registrations, the overloads with only a builder callback, and all instrumentation: health check
// and tracing must be switched off, and with DisableMetrics = false only the statistics interval is set.

using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

public static class AspireKafkaProducerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Producer";

    public static void AddKafkaProducer<TKey, TValue>(this IHostApplicationBuilder builder, string connectionName)
        => builder.AddKafkaProducer<TKey, TValue>(connectionName, configureSettings: null);

    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaProducerSettings>? configureSettings)
        => builder.AddKafkaProducer(
            connectionName, configureSettings, (Action<IServiceProvider, ProducerBuilder<TKey, TValue>>?)null);

    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<ProducerBuilder<TKey, TValue>>? configureBuilder)
        => builder.AddKafkaProducer<TKey, TValue>(
            connectionName, configureSettings, (_, producer) => configureBuilder?.Invoke(producer));

    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new KafkaProducerSettings();
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

    private static IProducer<TKey, TValue> Create<TKey, TValue>(
        IServiceProvider services,
        ProducerConfig config,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        if (string.IsNullOrEmpty(config.BootstrapServers))
        {
            throw new InvalidOperationException("No bootstrap servers configured.");
        }

        var producer = new ProducerBuilder<TKey, TValue>(config);
        configureBuilder?.Invoke(services, producer);
        var log = new KafkaLog(services.GetRequiredService<ILoggerFactory>());
        log.Attach(() => producer.SetLogHandler((_, message) => log.Write(message)));
        return producer.Build();
    }
}
