using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Postgres and Kafka as containers: on a developer's machine, and in what is published.</summary>
internal static class ContainerServers
{
    public static Servers Add(IDistributedApplicationBuilder builder, AppHostSettings settings) =>
        builder.ExecutionContext.IsRunMode
            ? new(WithTools(Postgres(builder, settings.PostgresPort)), WithTools(Kafka(builder, settings.KafkaPort)))
            : new(Database(Postgres(builder, port: null)), WithReachableListeners(Kafka(builder, port: null)));

    private static IResourceBuilder<PostgresServerResource> Postgres(IDistributedApplicationBuilder builder, int? port) =>
        builder.AddPostgres("postgres", port: FixedPort(port)).WithDataVolume("postgres-data");

    private static IResourceBuilder<PostgresDatabaseResource> Database(IResourceBuilder<PostgresServerResource> postgres) =>
        postgres.AddDatabase(ConnectionNames.Database);

    private static IResourceBuilder<KafkaServerResource> Kafka(IDistributedApplicationBuilder builder, int? port) =>
        builder.AddKafka(ConnectionNames.Kafka, FixedPort(port))
            .WithDataVolume("kafka-data")
            // Topics are made by the migrator, with the partitions they are to have; never by a typing error.
            .WithEnvironment("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .WithBrokerHealthCheck();

    private static IResourceBuilder<PostgresDatabaseResource> WithTools(IResourceBuilder<PostgresServerResource> postgres) =>
        Database(postgres.WithPgWeb(ui => ui.WithExplicitStart()));

    private static IResourceBuilder<KafkaServerResource> WithTools(IResourceBuilder<KafkaServerResource> kafka) =>
        kafka.WithKafkaUI(ui => ui.WithExplicitStart());

    /// <summary>The first listener binds to localhost, yet by default the published broker advertises it under its service's
    /// name: admin clients and transactional producers that are told that address hang.</summary>
    private static IResourceBuilder<KafkaServerResource> WithReachableListeners(IResourceBuilder<KafkaServerResource> kafka) =>
        kafka.WithEnvironment(
            "KAFKA_ADVERTISED_LISTENERS",
            ReferenceExpression.Create($"PLAINTEXT://localhost:29092,PLAINTEXT_HOST://{kafka.Resource.PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},PLAINTEXT_INTERNAL://{kafka.Resource.InternalEndpoint.Property(EndpointProperty.HostAndPort)}"));

    private static int? FixedPort(int? port) => port is 0 ? null : port;
}
