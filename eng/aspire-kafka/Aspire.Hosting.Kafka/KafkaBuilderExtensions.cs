using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The part of the package's API that the AppHost calls. It lacks the package's health check, which the
/// AppHost removes because it produces a message per probe.</summary>
public static class KafkaBuilderExtensions
{
    private const int BrokerPort = 9092;
    private const int InternalPort = 9093;
    private const int UiPort = 8080;
    private const string DataFolder = "/var/lib/kafka/data";

    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        var kafka = new KafkaServerResource(name);
        return builder.AddResource(kafka)
            .WithEndpoint(targetPort: BrokerPort, port: port, name: KafkaServerResource.PrimaryEndpointName)
            .WithEndpoint(targetPort: InternalPort, name: KafkaServerResource.InternalEndpointName)
            .WithImage("confluentinc/confluent-local", "8.2.0")
            .WithImageRegistry("docker.io")
            .WithEnvironment("KAFKA_LISTENERS",
                "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,"
                + "PLAINTEXT_HOST://0.0.0.0:9092,PLAINTEXT_INTERNAL://0.0.0.0:9093")
            .WithEnvironment("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,PLAINTEXT_INTERNAL:PLAINTEXT")
            .WithEnvironment(context => context.EnvironmentVariables["KAFKA_ADVERTISED_LISTENERS"] =
                context.ExecutionContext.IsRunMode ? ListenersForRun(kafka) : ListenersForPublish(kafka));
    }

    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder, string name, bool isReadOnly = false) => builder
        .WithEnvironment("KAFKA_LOG_DIRS", DataFolder)
        .WithVolume(name, DataFolder, isReadOnly);

    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder,
        Action<IResourceBuilder<KafkaUIContainerResource>>? configureContainer = null)
    {
        var kafka = builder.Resource;
        var ui = builder.ApplicationBuilder.AddResource(new KafkaUIContainerResource("kafka-ui"))
            .WithImage("kafbat/kafka-ui", "v1.4.2")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(targetPort: UiPort)
            .WithEnvironment("KAFKA_CLUSTERS_0_NAME", kafka.Name)
            .WithEnvironment(
                "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS",
                $"{kafka.Name}:{kafka.InternalEndpoint.Property(EndpointProperty.TargetPort)}")
            .ExcludeFromManifest();
        configureContainer?.Invoke(ui);
        return builder;
    }

    /// <summary>Containers reach the broker by its resource's name, everything else by the published port.</summary>
    private static ReferenceExpression ListenersForRun(KafkaServerResource kafka)
    {
        var port = kafka.PrimaryEndpoint.Property(EndpointProperty.Port);
        var inside = kafka.InternalEndpoint.Property(EndpointProperty.TargetPort);
        var name = kafka.Name;
        return ReferenceExpression.Create(
            $"PLAINTEXT://localhost:29092,PLAINTEXT_HOST://localhost:{port},PLAINTEXT_INTERNAL://{name}:{inside}");
    }

    private static ReferenceExpression ListenersForPublish(KafkaServerResource kafka)
    {
        var host = kafka.PrimaryEndpoint.Property(EndpointProperty.Host);
        var outside = kafka.PrimaryEndpoint.Property(EndpointProperty.HostAndPort);
        var inside = kafka.InternalEndpoint.Property(EndpointProperty.HostAndPort);
        return ReferenceExpression.Create(
            $"PLAINTEXT://{host}:29092,PLAINTEXT_HOST://{outside},PLAINTEXT_INTERNAL://{inside}");
    }
}
