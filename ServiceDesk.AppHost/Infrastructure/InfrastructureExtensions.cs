using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

internal static class InfrastructureExtensions
{
    /// <summary>Adds Postgres and Kafka the way the settings say, and says which way that is.</summary>
    /// <exception cref="SettingsException">That way does not exist on this machine.</exception>
    public static Servers AddInfrastructure(
        this IDistributedApplicationBuilder builder, AppHostSettings settings, IConfiguration configuration)
    {
        // What is published describes a deployment; it must not depend on the machine that writes it.
        if (builder.ExecutionContext.IsPublishMode)
        {
            return ContainerServers.Publish(builder);
        }

        var isAsked = settings.Kind is InfrastructureKind.Containers or InfrastructureKind.Local;
        var database = isAsked ? null : ExternalServers.Database(builder, configuration);
        var kafka = isAsked ? null : ExternalServers.Kafka(builder, configuration);
        if (database is not null && kafka is not null)
        {
            Console.Out.WriteLine("Infrastructure: external, the servers that the connection strings name");
            return new(database, kafka);
        }

        var choice = InfrastructureChoice.Make(settings.Kind, configuration);
        Console.Out.WriteLine(choice);
        Servers servers = choice.Kind switch
        {
            InfrastructureKind.Containers => new(
                database ?? ContainerServers.Database(builder, settings),
                kafka ?? ContainerServers.Kafka(builder, settings)),
            InfrastructureKind.Local => new(
                database ?? LocalServers.Database(builder, settings),
                kafka ?? LocalServers.Kafka(builder, settings, configuration)),
            _ => throw ExternalServers.Missing(database is null ? ConnectionNames.Database : ConnectionNames.Kafka),
        };
        return servers with
        {
            DatabaseIsOurs = database is null,
            KafkaIsOurs = kafka is null,
            AreContainers = choice.Kind == InfrastructureKind.Containers,
        };
    }
}
