using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Healthy when Postgres lets us in. Asks for <c>postgres</c>, as the migrator creates our database.</summary>
internal sealed class PostgresHealthCheck(ReferenceExpression server) : IHealthCheck
{
    private const int LimitSeconds = 2;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var address = new NpgsqlConnectionStringBuilder(await server.GetValueAsync(cancellationToken))
            {
                Database = "postgres",
                Timeout = LimitSeconds,
                Pooling = false,
            };
            await using var connection = new NpgsqlConnection(address.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy(away.InnerException?.Message ?? away.Message);
        }
    }
}
