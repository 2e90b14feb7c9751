namespace ServiceDesk.AppHost.Infrastructure;

/// <summary>Prometheus, Grafana and a collector with the repository's rules and dashboards, for those who start them on
/// the dashboard. Aspire's own dashboard has traces and logs already.</summary>
internal static class ObservabilityStack
{
    /// <summary>infra/observability/stack.yaml has the same versions for a cluster.</summary>
    private static readonly (string Image, string Tag) Prometheus = ("prom/prometheus", "v3.5.0");
    private static readonly (string Image, string Tag) Collector = ("otel/opentelemetry-collector-contrib", "0.137.0");
    private static readonly (string Image, string Tag) Grafana = ("grafana/grafana", "12.2.0");

    public static void AddObservability(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> ticketApi,
        IResourceBuilder<ProjectResource> relay, IResourceBuilder<ProjectResource> notifier)
    {
        var prometheus = builder.AddContainer("prometheus", Prometheus.Image, Prometheus.Tag)
            .WithFile("prometheus.yaml", "/etc/prometheus/prometheus.yaml")
            .WithFile("alerts.yaml", "/etc/prometheus/alerts.yaml")
            .WithArgs("--config.file=/etc/prometheus/prometheus.yaml", "--web.enable-remote-write-receiver")
            .WithHttpEndpoint(targetPort: 9090, name: "http")
            .WithExplicitStart();
        var address = prometheus.GetEndpoint("http");

        builder.AddContainer("otel-collector", Collector.Image, Collector.Tag)
            .WithFile("collector.yaml", "/etc/otelcol/collector.yaml")
            .WithArgs("--config=/etc/otelcol/collector.yaml")
            .WithEnvironment("TICKET_API", HostAndPort(ticketApi.GetEndpoint("http")))
            .WithEnvironment("OUTBOX_RELAY", HostAndPort(relay.GetEndpoint("http")))
            .WithEnvironment("NOTIFIER", HostAndPort(notifier.GetEndpoint("http")))
            .WithEnvironment("PROMETHEUS", HostAndPort(address))
            .WithEndpoint(targetPort: 4317, name: "otlp", scheme: "http")
            .WithParentRelationship(prometheus)
            .WithExplicitStart();

        builder.AddContainer("grafana", Grafana.Image, Grafana.Tag)
            .WithFile("grafana/datasources", "/etc/grafana/provisioning/datasources")
            .WithFile("grafana/dashboards", "/etc/grafana/provisioning/dashboards")
            .WithFile("dashboards", "/var/lib/grafana/dashboards")
            .WithEnvironment("PROMETHEUS_URL", address)
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer")
            .WithEnvironment("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", "true")
            .WithHttpEndpoint(targetPort: 3000, name: "http")
            .WithParentRelationship(prometheus)
            .WithExplicitStart();
    }

    private static EndpointReferenceExpression HostAndPort(EndpointReference endpoint) =>
        endpoint.Property(EndpointProperty.HostAndPort);

    /// <param name="container">What reads it.</param>
    /// <param name="path">A file or folder of infra/observability.</param>
    /// <param name="target">Where the container has it.</param>
    private static IResourceBuilder<ContainerResource> WithFile(
        this IResourceBuilder<ContainerResource> container, string path, string target) => container.WithBindMount(
            Path.GetFullPath(
                Path.Combine("../infra/observability", path), container.ApplicationBuilder.AppHostDirectory),
            target, isReadOnly: true);
}
