using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace Aspire.Confluent.Kafka;

/// <summary>The rules that the producer and the consumer share.</summary>
internal static class KafkaClientSettings
{
    /// <summary>Where settings come from, the later ones winning. Each client binds them itself: for a native program the types
    /// must be known where that is done.</summary>
    public static IConfigurationSection[] Sections(IConfiguration configuration, string name, string connectionName)
    {
        var section = configuration.GetSection(name);
        return [section, section.GetSection(connectionName)];
    }

    /// <summary>
    /// Refuses what would make a difference on the wire: the package's health check produces a message per probe, and
    /// its tracing adds a trace header of its own to every message.
    /// </summary>
    public static void RefuseWhatIsLeftOut(bool healthChecks, bool tracing)
    {
        if (healthChecks || tracing)
        {
            throw new NotSupportedException(
                "The stand-in for Aspire.Confluent.Kafka has neither health check nor tracing: " +
                "set DisableHealthChecks and DisableTracing.");
        }
    }

    public static void Complete(ClientConfig config, string? connectionString, bool metrics)
    {
        if (connectionString is not null)
        {
            config.BootstrapServers = connectionString;
        }

        if (metrics)
        {
            config.StatisticsIntervalMs ??= 1000;
        }
    }
}
