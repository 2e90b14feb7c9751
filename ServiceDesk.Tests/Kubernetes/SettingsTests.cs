using System.Text.Json.Nodes;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier;
using ServiceDesk.OutboxRelay;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The services' own settings classes take what the containers are given.</summary>
public sealed class SettingsTests
{
    /// <summary>Prefixes of the variables that somebody reads: our sections, ASP.NET Core, OpenTelemetry.</summary>
    private static readonly string[] Sections =
        [
            "ConnectionStrings", "Database", "Kafka", "KafkaClient", "Auth", "HTTP_PORTS", "DATABASE_URL",
            "POSTGRES_PASSWORD",
        ];

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Every_value_is_one_the_service_takes(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        foreach (var workload in overlay.Workloads.Where(w => w.IsOurs))
        {
            var settings = ContainerSettings.Of(workload);
            DatabaseExtensions.WithDefaults(settings.GetConnectionString("servicedesk")!, workload.App);
            SettingsExtensions.Read<KafkaSettings>(settings);
            SettingsExtensions.Read<RelaySettings>(settings);
            SettingsExtensions.Read<NotifierSettings>(settings);
            SettingsExtensions.Read<AuthSettings>(settings);
            Assert.Equal(workload.App != "ticket-api", settings.GetConnectionString("kafka") is { Length: > 0 });
        }
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Every_variable_is_one_that_somebody_reads(string folder) => Assert.All(
        (await Overlay.RenderAsync(folder)).Workloads.Where(w => w.IsOurs),
        workload => Assert.All(workload.Environment((_, _) => "").Keys, name => Assert.True(
            Sections.Contains(name.Split("__")[0]) || name.StartsWith("OTEL_", StringComparison.Ordinal)
            || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal),
            $"{workload}: {name}")));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task A_service_listens_on_the_port_that_is_declared(string folder) => Assert.All(
        (await Overlay.RenderAsync(folder)).Workloads.Where(w => w is { IsOurs: true, Listens: true }),
        workload => Assert.Equal(
            Assert.Single(workload.Container.Items("ports")).Text("containerPort"),
            ContainerSettings.Of(workload)["HTTP_PORTS"]));

    [RequiresProgramFact("kubectl")]
    public async Task The_kafka_client_takes_its_settings()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        foreach (var workload in overlay.Workloads.Where(w => w.App != "ticket-api"))
        {
            var client = ContainerSettings.Of(workload).GetSection("KafkaClient");
            Assert.Equal(
                ["sasl.mechanism", "sasl.password", "sasl.username", "security.protocol", "ssl.ca.location"],
                client.GetChildren().Select(s => s.Key).Order(StringComparer.Ordinal));
            // Typed access fails for a value that the client does not know; it wants enumerations without underscores.
            var config = new ClientConfig(client.GetChildren()
                .ToDictionary(s => s.Key, s => s.Key == "security.protocol" ? s.Value!.Replace("_", "") : s.Value!));
            Assert.Equal(
                (SecurityProtocol.SaslSsl, SaslMechanism.ScramSha512), (config.SecurityProtocol, config.SaslMechanism));
            Assert.Equal(
                (overlay.OfKind("KafkaUser").Single().Text("metadata.name"), "servicedesk-kafka-user.password"),
                (config.SaslUsername, config.SaslPassword));
            var mounts = workload.Container.Items("volumeMounts").Select(m => m.Text("mountPath") + "/");
            Assert.Contains(mounts, m => config.SslCaLocation.StartsWith(m, StringComparison.Ordinal));
        }
    }

    [RequiresProgramFact("kubectl")]
    public async Task Kafka_and_keda_mean_the_topics_and_the_group_that_the_services_use()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var kafka = SettingsExtensions.Read<KafkaSettings>(ContainerSettings.Of(overlay.WorkloadOf("migrator")));
        var events = overlay.Find("KafkaTopic", kafka.Topic);
        Assert.Equal(
            (kafka.Partitions, kafka.ReplicationFactor),
            (events.Number("spec.partitions"), events.Number("spec.replicas")));
        Assert.Equal((long)kafka.TopicRetention.TotalMilliseconds, (long)events.At("spec.config")!["retention.ms"]!);
        Assert.Equal(
            kafka.ReplicationFactor, overlay.Find("KafkaTopic", kafka.DeadLetterTopic).Number("spec.replicas"));

        var scaler = Assert.IsAssignableFrom<JsonNode>(overlay.Find("ScaledObject", "notifier"));
        var trigger = Assert.Single(scaler.Items("spec.triggers"));
        Assert.Equal(
            (kafka.Topic, kafka.GroupId), (trigger.Text("metadata.topic"), trigger.Text("metadata.consumerGroup")));
        Assert.Equal(kafka.Partitions, scaler.Number("spec.maxReplicaCount"));
        Assert.Contains(
            trigger.Text("metadata.bootstrapServersFromEnv"),
            overlay.WorkloadOf("notifier").Environment((_, _) => "").Keys);
    }
}
