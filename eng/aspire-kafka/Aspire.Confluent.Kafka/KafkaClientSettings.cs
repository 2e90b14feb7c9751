using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>What the section "Aspire:Confluent:Kafka:Producer" and the caller can set.</summary>
public sealed class KafkaProducerSettings : KafkaClientSettings
{
    public ProducerConfig Config { get; } = new();
}

/// <summary>What the section "Aspire:Confluent:Kafka:Consumer" and the caller can set.</summary>
public sealed class KafkaConsumerSettings : KafkaClientSettings
{
    public ConsumerConfig Config { get; } = new();
}

public abstract class KafkaClientSettings
{
    public string? ConnectionString { get; set; }

    public bool DisableMetrics { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    internal void Complete(ClientConfig config, string? connectionString)
    {
        // The package's health check produces a message per probe, its tracing adds a header to every message, and its
        // metrics ask for statistics. Callers that want them need the package.
        if (!DisableHealthChecks || !DisableTracing || !DisableMetrics)
        {
            throw new NotSupportedException(
                "This Aspire.Confluent.Kafka has no instrumentation: set DisableHealthChecks, "
                + "DisableTracing and DisableMetrics.");
        }

        config.BootstrapServers = connectionString ?? ConnectionString ?? config.BootstrapServers;
    }
}
