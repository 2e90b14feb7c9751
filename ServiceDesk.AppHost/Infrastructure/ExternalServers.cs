using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Servers that are already there; nothing is started for them.</summary>
internal static class ExternalServers
{
    public static Servers Add(IDistributedApplicationBuilder builder, IConfiguration configuration)
    {
        var database = Connection(builder, configuration, ConnectionNames.Database);
        var kafka = Connection(builder, configuration, ConnectionNames.Kafka);
        return new(database, kafka.WithBrokerHealthCheck());
    }

    private static IResourceBuilder<ConnectionStringResource> Connection(
        IDistributedApplicationBuilder builder, IConfiguration configuration, string name)
    {
        if (configuration.GetConnectionString(name) is not { Length: > 0 } value)
        {
            throw SettingsException.For($"ConnectionStrings:{name}", "", "must be set for --infrastructure external");
        }

        // A parameter, so that the dashboard hides it: a connection string carries a password.
        var secret = builder.AddParameter($"{name}-connection", () => value, secret: true);
        return builder.AddConnectionString(name, ReferenceExpression.Create($"{secret}"));
    }
}
