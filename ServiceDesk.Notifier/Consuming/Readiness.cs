using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDesk.Clients.Kafka;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>Readiness rides on the consumer: unlike the producer, it is never replaced.</summary>
internal sealed class ConsumerHandle(IConsumer<byte[], byte[]> consumer) : IKafkaHandle
{
    public Handle Handle => consumer.Handle;
}

/// <summary>Not ready while a partition stands still because nobody takes its dead letters.</summary>
internal sealed class DeadLetterHealthCheck(PartitionRetry retry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(retry.Undeliverable.Values.FirstOrDefault() is { } problem
            ? HealthCheckResult.Unhealthy(problem)
            : HealthCheckResult.Healthy());
}
