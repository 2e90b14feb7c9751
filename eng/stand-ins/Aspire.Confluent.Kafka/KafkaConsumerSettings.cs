using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>What the "Aspire:Confluent:Kafka:Consumer" configuration section and the caller can set.</summary>
public sealed class KafkaConsumerSettings
{
    public string? ConnectionString { get; set; }

    public ConsumerConfig Config { get; } = new();

    public bool DisableMetrics { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }
}
