using Confluent.Kafka;

namespace ServiceDesk.ServiceDefaults.Kafka;

/// <summary>The connection to Kafka that a service has anyway, for health checks to ride on.</summary>
public interface IKafkaHandle
{
    Handle Handle { get; }
}
