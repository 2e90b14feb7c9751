using System.Globalization;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Postgres and Kafka as processes of this machine: PostgreSQL's own programs, and eng/LocalKafka.</summary>
internal static class LocalServers
{
    private const string User = "servicedesk";

    public static Servers Add(IDistributedApplicationBuilder builder, AppHostSettings settings, IConfiguration configuration) =>
        new(Database(builder, settings), Kafka(builder, settings, SettingsExtensions.Read<KafkaSettings>(configuration)));

    private static IResourceBuilder<ConnectionStringResource> Database(IDistributedApplicationBuilder builder, AppHostSettings settings)
    {
        var folder = Path.GetFullPath(settings.DataFolder ?? "../.local", builder.AppHostDirectory);
        var password = builder.AddParameter("postgres-password", () => LocalPassword.Of(folder), secret: true);
        var postgres = builder.AddExecutable("postgres", "bash", builder.AppHostDirectory, "Infrastructure/postgres.sh", folder)
            .WithIconName("DatabaseMultiple")
            .WithFixedEndpoint("tcp", settings.PostgresPort);
        var server = ReferenceExpression.Create(
            $"Host=localhost;Port={postgres.GetEndpoint("tcp").Property(EndpointProperty.Port)};Username={User};Password={password}");
        postgres
            .WithEnvironment("POSTGRES_PORT", postgres.GetEndpoint("tcp").Property(EndpointProperty.TargetPort))
            .WithHealthCheck(new PostgresHealthCheck(server));

        return builder.AddConnectionString(
                ConnectionNames.Database, ReferenceExpression.Create($"{server};Database={ConnectionNames.Database}"))
            .WaitFor(postgres);
    }

    private static IResourceBuilder<ConnectionStringResource> Kafka(
        IDistributedApplicationBuilder builder, AppHostSettings settings, KafkaSettings topics)
    {
        var broker = builder.AddProject<Projects.LocalKafka>("kafka-broker", o => o.ExcludeLaunchProfile = true)
            .WithIconName("MailMultiple")
            .WithFixedEndpoint("tcp", settings.KafkaPort)
            .WithFixedEndpoint("control", settings.KafkaControlPort, scheme: "http")
            .WithHttpHealthCheck("/healthz", endpointName: "control");
        var address = broker.GetEndpoint("tcp");
        broker.WithArgs(
            "--port", address.Property(EndpointProperty.TargetPort),
            "--control-port", broker.GetEndpoint("control").Property(EndpointProperty.TargetPort),
            "--topic", string.Create(CultureInfo.InvariantCulture, $"{topics.Topic}:{topics.Partitions}"),
            "--topic", string.Create(CultureInfo.InvariantCulture, $"{topics.DeadLetterTopic}:{KafkaSettings.DeadLetterPartitions}"));

        return builder.AddConnectionString(
                ConnectionNames.Kafka,
                ReferenceExpression.Create($"{address.Property(EndpointProperty.IPV4Host)}:{address.Property(EndpointProperty.Port)}"))
            .WaitFor(broker);
    }

    /// <summary>Without a proxy: a Kafka client must be able to connect to the very port that the broker tells it, and the
    /// scripts and a developer's own tools use the same ports.</summary>
    private static IResourceBuilder<T> WithFixedEndpoint<T>(this IResourceBuilder<T> server, string name, int port, string scheme = "tcp")
        where T : IResourceWithEndpoints
    {
        int? given = port == 0 ? null : port;
        return server.WithEndpoint(port: given, targetPort: given, scheme: scheme, name: name, isProxied: false);
    }
}
