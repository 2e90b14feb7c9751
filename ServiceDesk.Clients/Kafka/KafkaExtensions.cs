using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

public static class KafkaExtensions
{
    /// <summary>The log of native clients, for the log handler of each.</summary>
    public static void AddKafkaClientLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KafkaClientLog>();
        // Aspire would warn that there is a handler already.
        builder.Logging.AddFilter("Aspire.Confluent.Kafka", LogLevel.Error);
    }

    /// <summary>A producer that is replaced when it breaks, for single messages such as dead letters.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="promised">Sets what the promises rest on.</param>
    /// <exception cref="SettingsException">The brokers, or a setting of <c>KafkaClient</c>, cannot be used.</exception>
    public static void AddReplaceableProducer(this IHostApplicationBuilder builder, Action<ProducerConfig> promised)
    {
        builder.AddKafkaProducer<byte[], byte[]>(
            ConnectionNames.Kafka,
            settings =>
            {
                builder.ConfigureKafka(settings.Config, promised);
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            (services, producer) => services.GetRequiredService<ReplaceableProducer>().BuildFrom(producer
                .SetLogHandler((_, message) => services.GetRequiredService<KafkaClientLog>().Write(message))));
        builder.AddKafkaClientLog();
        builder.Services.AddSingleton<ReplaceableProducer>();
        builder.Services.AddSingleton<IMessageSink>(services => services.GetRequiredService<ReplaceableProducer>());
    }

    /// <summary>Sets what all Kafka clients of a service share; section <c>KafkaClient</c> adds TLS and SASL under
    /// librdkafka's own names.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="config">The client's configuration.</param>
    /// <param name="promised">Sets what the promises rest on, after all that configuration can change.</param>
    /// <exception cref="SettingsException">The brokers, or a setting of <c>KafkaClient</c>, cannot be used.</exception>
    public static void ConfigureKafka<T>(this IHostApplicationBuilder builder, T config, Action<T>? promised = null)
        where T : ClientConfig
    {
        var brokers = builder.Configuration.GetConnectionString(ConnectionNames.Kafka);
        if (brokers is not { Length: > 0 }
            || !brokers.Split(',').All(b => HostAndPort.Parse(b.Trim()) is { Host.Length: > 0, Port: > 0 }))
        {
            throw SettingsException.For(
                $"ConnectionStrings:{ConnectionNames.Kafka}", brokers, "must be set, as host:port,host:port");
        }

        Configure(config, builder.Environment.ApplicationName, builder.Configuration, promised);
    }

    /// <summary>The part that holds for producers, consumers and admin clients alike.</summary>
    /// <exception cref="SettingsException">A setting of <c>KafkaClient</c> cannot be used.</exception>
    public static void Configure<T>(T config, string clientId, IConfiguration configuration, Action<T>? promised = null)
        where T : ClientConfig
    {
        config.ClientId = clientId;
        // Back soon after an outage, however long it was.
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1000;
        config.SocketNagleDisable = true;
        config.SocketTimeoutMs = 10_000;
        config.AllowAutoCreateTopics = false;
        if (config is ProducerConfig)
        {
            // An idle producer checks this often whether it should stop; delivery reports wake it at once. The default
            // of 100 ms costs 0.05 % of a core for each producer.
            config.CancellationDelayMaxMs = 500;
        }

        var given = KafkaClientSettings.Read(configuration);
        given.Apply(config);
        promised?.Invoke(config);
        given.Check(config);
    }
}
