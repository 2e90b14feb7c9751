using Microsoft.Extensions.Configuration;

namespace ServiceDesk.AppHost.Infrastructure;

internal static class InfrastructureExtensions
{
    /// <summary>Adds Postgres and Kafka the way the settings say, and says which way that is.</summary>
    public static Servers AddInfrastructure(this IDistributedApplicationBuilder builder, AppHostSettings settings, IConfiguration configuration)
    {
        // What is published describes a deployment; it must not depend on the machine that writes it.
        if (builder.ExecutionContext.IsPublishMode)
        {
            return ContainerServers.Add(builder, settings);
        }

        var choice = InfrastructureChoice.Make(settings.Kind, configuration);
        Console.Out.WriteLine(choice);
        return choice.Kind switch
        {
            InfrastructureKind.Containers => ContainerServers.Add(builder, settings),
            InfrastructureKind.Local => LocalServers.Add(builder, settings, configuration),
            _ => ExternalServers.Add(builder, configuration),
        };
    }
}
