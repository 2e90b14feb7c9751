using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

/// <summary>Ready when a broker answers a metadata request and knows the topic; writes nothing.</summary>
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
                ? HealthCheckResult.Unhealthy(
                    $"topic {kafka.Topic}: {topic?.Error.Reason ?? "not known to the broker"}; run the migrator")
                : HealthCheckResult.Healthy();
        }
        catch (KafkaException away)
        {
            return HealthCheckResult.Unhealthy($"Kafka does not answer: {away.Error.Reason}");
        }
    }
}

/// <summary>The connection to Kafka that a service has anyway, for the health check to ride on.</summary>
public interface IKafkaHandle
{
    Handle Handle { get; }
}

public static class KafkaReadinessExtensions
{
    /// <summary>Ready only while Kafka answers and has the topic.</summary>
    public static void AddKafkaReadiness(this IServiceCollection services) =>
        services.AddReadiness<KafkaHealthCheck>("kafka");
}
