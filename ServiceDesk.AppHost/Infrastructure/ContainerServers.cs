using ServiceDesk.AppHost.Ports;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Postgres and Kafka as containers, on a developer's machine and in the published manifests. They end with
/// the AppHost; volumes keep their data.</summary>
internal static class ContainerServers
{
    /// <summary>Labels the broker's container with its port, so that scripts can find and stop it.</summary>
    public const string KafkaLabel = "servicedesk.kafka-port";

    public static Servers Publish(IDistributedApplicationBuilder builder) => new(
        Database(Postgres(builder, port: null).WithDataVolume("postgres-data")),
        WithReachableListeners(Kafka(builder, port: null, volume: "kafka-data")));

    public static IResourceBuilder<PostgresDatabaseResource> Database(
        IDistributedApplicationBuilder builder, AppHostSettings settings) =>
        Database(Postgres(builder, settings.PostgresPort)
            .WithDataVolume("servicedesk-postgres-data")
            .WithArgs("-c", "max_connections=300")
            .WithPortSetting(settings.PostgresPort, nameof(settings.PostgresPort))
            .WithPgWeb(ui => ui.WithExplicitStart()));

    public static IResourceBuilder<KafkaServerResource> Kafka(
        IDistributedApplicationBuilder builder, AppHostSettings settings) =>
        Kafka(builder, settings.KafkaPort, volume: "servicedesk-kafka-data")
            .WithContainerRuntimeArgs("--label", $"{KafkaLabel}={settings.KafkaPort}")
            .WithPortSetting(settings.KafkaPort, nameof(settings.KafkaPort))
            .WithKafkaUI(ui => ui.WithExplicitStart());

    private static IResourceBuilder<PostgresServerResource> Postgres(
        IDistributedApplicationBuilder builder, int? port) =>
        builder.AddPostgres("postgres", port: FixedPort(port));

    private static IResourceBuilder<PostgresDatabaseResource> Database(
        IResourceBuilder<PostgresServerResource> postgres) =>
        postgres.AddDatabase(ConnectionNames.Database);

    private static IResourceBuilder<KafkaServerResource> Kafka(
        IDistributedApplicationBuilder builder, int? port, string volume) =>
        builder.AddKafka(ConnectionNames.Kafka, FixedPort(port))
            .WithDataVolume(volume)
            // Topics are made by the migrator, with the partitions they are to have; never by a typing error.
            .WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .WithBrokerHealthCheck();

    /// <summary>The first listener binds to localhost, but the published broker advertises it under its service's name
    /// by default. Admin clients and transactional producers that get that address hang.</summary>
    private static IResourceBuilder<KafkaServerResource> WithReachableListeners(
        IResourceBuilder<KafkaServerResource> kafka) =>
        kafka.WithEnvironment(
            "KAFKA_ADVERTISED_LISTENERS",
            Listeners(
                kafka.Resource.PrimaryEndpoint.Property(EndpointProperty.HostAndPort),
                kafka.Resource.InternalEndpoint.Property(EndpointProperty.HostAndPort)));

    private static ReferenceExpression Listeners(
        EndpointReferenceExpression host, EndpointReferenceExpression inside) =>
        ReferenceExpression.Create(
            $"PLAINTEXT://localhost:29092,PLAINTEXT_HOST://{host},PLAINTEXT_INTERNAL://{inside}");

    private static int? FixedPort(int? port) => port is 0 ? null : port;
}
