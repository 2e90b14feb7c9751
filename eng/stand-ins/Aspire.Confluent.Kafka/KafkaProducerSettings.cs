using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>What the "Aspire:Confluent:Kafka:Producer" configuration section and the caller can set.</summary>
public sealed class KafkaProducerSettings
{
    public string? ConnectionString { get; set; }

    public ProducerConfig Config { get; } = new();

    public bool DisableMetrics { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }
}
