using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Healthy when a broker answers a metadata request. Aspire's own check produces a message to a topic of its
/// own each time, and fails where brokers do not create topics.</summary>
internal sealed class BrokerHealthCheck(ReferenceExpression brokers) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var config = new AdminClientConfig { BootstrapServers = await brokers.GetValueAsync(cancellationToken) };
        return await Task.Run(() => Check(config), cancellationToken);
    }

    private static HealthCheckResult Check(AdminClientConfig config)
    {
        try
        {
            // It logs every refused connection while a broker starts; the result below says it once.
            using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
            admin.GetMetadata(Limit);
            return HealthCheckResult.Healthy();
        }
        catch (KafkaException away)
        {
            return HealthCheckResult.Unhealthy(away.Error.Reason);
        }
    }
}
