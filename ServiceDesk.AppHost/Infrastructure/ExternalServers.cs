using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Servers that already run, named by a connection string; nothing is started for them.</summary>
internal static class ExternalServers
{
    public static IResourceBuilder<IResourceWithConnectionString>? Database(
        IDistributedApplicationBuilder builder, IConfiguration configuration) =>
        Connection(builder, configuration, ConnectionNames.Database);

    public static IResourceBuilder<IResourceWithConnectionString>? Kafka(
        IDistributedApplicationBuilder builder, IConfiguration configuration) =>
        Connection(builder, configuration, ConnectionNames.Kafka)?.WithBrokerHealthCheck();

    public static SettingsException Missing(string name) =>
        SettingsException.For($"ConnectionStrings:{name}", "", "must be set for --infrastructure external");

    private static IResourceBuilder<ConnectionStringResource>? Connection(
        IDistributedApplicationBuilder builder, IConfiguration configuration, string name)
    {
        if (configuration.GetConnectionString(name) is not { Length: > 0 } value)
        {
            return null;
        }

        // A parameter, so that the dashboard hides it: a connection string carries a password.
        var secret = builder.AddParameter($"{name}-connection", () => value, secret: true);
        return builder.AddConnectionString(name, ReferenceExpression.Create($"{secret}"));
    }
}
