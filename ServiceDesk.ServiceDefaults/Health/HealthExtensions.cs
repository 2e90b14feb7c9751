using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDesk.ServiceDefaults.Health;

public static class HealthExtensions
{
    private const string ReadyTag = "ready";

    /// <summary>A probe must answer sooner than the usual prober gives up.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <summary>Ready only while Kafka answers and has the topic.</summary>
    public static void AddKafkaReadiness(this IServiceCollection services) => services.AddReadiness<KafkaHealthCheck>("kafka");

    /// <summary>Adds a check that decides whether the service is ready; it never decides whether it is alive.</summary>
    internal static void AddReadiness<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IServiceCollection services, string name) where T : class, IHealthCheck
    {
        services.AddSingleton<T>();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => provider.GetRequiredService<T>(), HealthStatus.Unhealthy, [ReadyTag], Bound));
    }

    internal static void AddHealth(this IServiceCollection services) => services.AddHealthChecks();

    internal static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/healthz", new HealthCheckOptions
        {
            Predicate = _ => false,
            ResponseWriter = HealthReportWriter.WriteAsync,
        });
        app.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ReadyTag),
            ResponseWriter = HealthReportWriter.WriteAsync,
        });
    }
}
