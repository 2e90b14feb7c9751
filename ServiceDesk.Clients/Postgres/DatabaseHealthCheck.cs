using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Ready when Postgres answers and has the schema this build was written for.</summary>
internal sealed class DatabaseHealthCheck(Schema schema) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken) =>
        await schema.ProblemAsync(cancellationToken) is { } problem
            ? HealthCheckResult.Unhealthy(problem)
            : HealthCheckResult.Healthy();
}
