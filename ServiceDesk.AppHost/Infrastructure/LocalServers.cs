using System.Globalization;
using LocalPostgres;
using Microsoft.Extensions.Configuration;
using ServiceDesk.AppHost.Ports;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Postgres and Kafka as processes of this machine: PostgreSQL's own programs under eng/LocalPostgres, and
/// eng/LocalKafka.</summary>
internal static class LocalServers
{
    private const string User = "servicedesk";
    private const int DeadLetterPartitions = 3;

    /// <exception cref="SettingsException">PostgreSQL's programs are not here, and cannot be had.</exception>
    public static IResourceBuilder<ConnectionStringResource> Database(
        IDistributedApplicationBuilder builder, AppHostSettings settings)
    {
        var folder = settings.DataFolderFrom(builder.AppHostDirectory);
        var home = PostgresHome.Of(folder);
        var programs = FindPrograms(home);
        var (passwordFile, password) = LocalPassword.In(folder);
        var secret = builder.AddParameter("postgres-password", () => password, secret: true);
        var postgres = builder.AddExecutable("postgres", "dotnet", builder.AppHostDirectory)
            .WithIconName("DatabaseMultiple")
            .WithFixedEndpoint("tcp", settings.PostgresPort)
            .WithPortSetting(settings.PostgresPort, nameof(settings.PostgresPort));
        var port = postgres.GetEndpoint("tcp").Property(EndpointProperty.Port);
        var server = ReferenceExpression.Create($"Host=localhost;Port={port};Username={User};Password={secret}");
        postgres
            .WithArgs(typeof(Cluster).Assembly.Location, programs.Folder, Path.Combine(home, PostgresHome.Data),
                postgres.GetEndpoint("tcp").Property(EndpointProperty.TargetPort), passwordFile)
            .WithHealthCheck(new PostgresHealthCheck(server));

        return builder.AddConnectionString(
                ConnectionNames.Database, ReferenceExpression.Create($"{server};Database={ConnectionNames.Database}"))
            .WithParentRelationship(postgres)
            .WaitFor(postgres);
    }

    public static IResourceBuilder<ConnectionStringResource> Kafka(
        IDistributedApplicationBuilder builder, AppHostSettings settings, IConfiguration configuration)
    {
        var topics = SettingsExtensions.Read<KafkaSettings>(configuration);
        var broker = builder.AddProject<Projects.LocalKafka>("kafka-broker", o => o.ExcludeLaunchProfile = true)
            .WithIconName("MailMultiple")
            .WithFixedEndpoint("tcp", settings.KafkaPort)
            .WithPortSetting(settings.KafkaPort, nameof(settings.KafkaPort))
            .WithFixedEndpoint("control", settings.KafkaControlPort, scheme: "http")
            .WithPortSetting(settings.KafkaControlPort, nameof(settings.KafkaControlPort))
            .WithUrlForEndpoint("control", url => (url.Url, url.DisplayText) = ("/status", "Status"))
            .WithHttpHealthCheck("/healthz", endpointName: "control");
        var address = broker.GetEndpoint("tcp");
        broker.WithArgs(
            "--port", address.Property(EndpointProperty.TargetPort),
            "--control-port", broker.GetEndpoint("control").Property(EndpointProperty.TargetPort),
            "--topic", string.Create(CultureInfo.InvariantCulture, $"{topics.Topic}:{topics.Partitions}"),
            "--topic", string.Create(CultureInfo.InvariantCulture, $"{topics.DeadLetterTopic}:{DeadLetterPartitions}"));

        return builder.AddConnectionString(
                ConnectionNames.Kafka,
                ReferenceExpression.Create(
                    $"{address.Property(EndpointProperty.IPV4Host)}:{address.Property(EndpointProperty.Port)}"))
            .WithParentRelationship(broker)
            .WaitFor(broker);
    }

    private static PostgresPrograms FindPrograms(string home)
    {
        try
        {
            return PostgresPrograms.FindOrDownload(home, Console.Out.WriteLine);
        }
        catch (PostgresException missing)
        {
            throw new SettingsException(missing.Message);
        }
    }

    /// <summary>Without a proxy: Kafka clients connect to the port that the broker advertises, and a developer's own
    /// tools use the same ports.</summary>
    private static IResourceBuilder<T> WithFixedEndpoint<T>(
        this IResourceBuilder<T> server, string name, int port, string scheme = "tcp")
        where T : IResourceWithEndpoints
    {
        int? given = port == 0 ? null : port;
        return server.WithEndpoint(port: given, targetPort: given, scheme: scheme, name: name, isProxied: false);
    }
}
