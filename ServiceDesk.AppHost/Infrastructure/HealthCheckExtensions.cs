using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDesk.AppHost.Infrastructure;

internal static class HealthCheckExtensions
{
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> resource, IHealthCheck check)
        where T : IResource
    {
        var name = $"{resource.Resource.Name}_answers";
        resource.ApplicationBuilder.Services.AddHealthChecks().AddCheck(name, check);
        return resource.WithHealthCheck(name);
    }

    /// <summary>Replaces whatever check the resource came with.</summary>
    public static IResourceBuilder<T> WithBrokerHealthCheck<T>(this IResourceBuilder<T> kafka)
        where T : IResourceWithConnectionString
    {
        foreach (var check in kafka.Resource.Annotations.OfType<HealthCheckAnnotation>().ToList())
        {
            kafka.Resource.Annotations.Remove(check);
        }

        return kafka.WithHealthCheck(new BrokerHealthCheck(kafka.Resource.ConnectionStringExpression));
    }
}
