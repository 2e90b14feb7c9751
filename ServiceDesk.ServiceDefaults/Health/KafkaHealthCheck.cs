using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDesk.ServiceDefaults.Kafka;

namespace ServiceDesk.ServiceDefaults.Health;

/// <summary>Ready when a broker answers a metadata request and knows the topic; nothing is written to any topic.</summary>
internal sealed class KafkaHealthCheck(KafkaSettings kafka, IKafkaHandle client) : IHealthCheck
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1.8);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.Run(Check, cancellationToken);

    private HealthCheckResult Check()
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(client.Handle).Build();
            var topic = admin.GetMetadata(kafka.Topic, Bound).Topics.Find(t => t.Topic == kafka.Topic);
            return topic is null || topic.Error.IsError
                ? HealthCheckResult.Unhealthy($"topic {kafka.Topic}: {topic?.Error.Reason ?? "not known to the broker"}; run the migrator")
                : HealthCheckResult.Healthy();
        }
        catch (KafkaException away)
        {
            return HealthCheckResult.Unhealthy($"Kafka does not answer: {away.Error.Reason}");
        }
    }
}
