using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

public static class KafkaExtensions
{
    /// <summary>What every client of Kafka here has in common; TLS and SASL come from section <c>KafkaClient</c>, under
    /// librdkafka's own names.</summary>
    public static void ConfigureKafka(this IHostApplicationBuilder builder, ClientConfig config)
    {
        var brokers = builder.Configuration.GetConnectionString(ConnectionNames.Kafka);
        if (brokers is not { Length: > 0 } || !brokers.Split(',').All(b => HostAndPort.Parse(b.Trim()) is { Host.Length: > 0, Port: > 0 }))
        {
            throw SettingsException.For($"ConnectionStrings:{ConnectionNames.Kafka}", brokers, "must be set, as host:port,host:port");
        }

        Configure(config, builder.Environment.ApplicationName, builder.Configuration);
    }

    /// <summary>The part that holds for producers, consumers and admin clients alike.</summary>
    public static void Configure(ClientConfig config, string clientId, IConfiguration configuration)
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
            // How long an idle one waits before it looks again whether it is to stop; reports wake it at once. The default of
            // 100 ms is a twentieth of a percent of a core for each producer.
            config.CancellationDelayMaxMs = 500;
        }

        foreach (var setting in configuration.GetSection("KafkaClient").GetChildren())
        {
            config.Set(setting.Key, setting.Value ?? "");
        }
    }
}
