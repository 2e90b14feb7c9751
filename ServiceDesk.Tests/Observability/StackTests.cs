using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ServiceDesk.Tests.Aspire;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Observability;

/// <summary>Prometheus, Grafana and the collector, on a developer's machine and beside the kind overlay. Their images
/// cannot run everywhere, so it is their description that is looked at.</summary>
[Collection(OneApplicationAtATime.Name)]
public sealed class StackTests
{
    private const string Observed = "overlays/kind-observed";
    private static readonly string[] Parts = ["prometheus", "grafana", "otel-collector"];

    [Fact]
    public async Task On_a_developers_machine_every_file_that_is_mounted_is_there_and_versions_are_the_clusters()
    {
        await using var builder = await DistributedApplicationTestingBuilder
            .CreateAsync<Projects.ServiceDesk_AppHost>(["--infrastructure", "containers"]);
        var cluster = ManifestFiles.Read("infra/observability/stack.yaml");

        Assert.All(Parts, name =>
        {
            var part = Assert.Single(builder.Resources, r => r.Name == name);
            var image = Assert.Single(part.Annotations.OfType<ContainerImageAnnotation>());
            Assert.Contains($"image: {image.Image}:{image.Tag}\n", cluster, StringComparison.Ordinal);
            Assert.NotEmpty(part.Annotations.OfType<ExplicitStartupAnnotation>());
            Assert.All(part.Annotations.OfType<ContainerMountAnnotation>(), mount =>
                Assert.True(Path.Exists(mount.Source), mount.Source));
        });
    }

    [RequiresProgramFact("kubectl")]
    public async Task In_a_cluster_what_they_mount_and_whom_they_ask_is_there()
    {
        var overlay = await Overlay.RenderAsync(Observed);
        var addresses = overlay.OfKind("Service").SelectMany(service => service.Items("spec.ports")
            .Select(port => $"{service.Text("metadata.name")}:{port.Text("port")}")).ToHashSet();

        Assert.All(Parts, name =>
        {
            var workload = Assert.Single(overlay.OfKind("Deployment"), d => d.Text("metadata.name") == name);
            Assert.All(
                workload.Items("spec.template.spec.volumes").Where(v => v.At("configMap") is not null),
                volume => Assert.NotNull(overlay.Find("ConfigMap", volume.Text("configMap.name")!)));
            var container = Assert.Single(workload.Items("spec.template.spec.containers"));
            Assert.All(
                container.Items("env").Select(v => v.Text("value")!).Where(v => v.Contains(':')),
                address => Assert.Contains(address.Replace("http://", ""), addresses));
        });
    }

    [RequiresProgramFact("promtool")]
    public async Task Prometheus_can_read_its_settings()
    {
        await using var promtool = ChildProcess.Start(
            "promtool", ["check", "config", Path.Combine(ManifestFiles.Root, "infra/observability/prometheus.yaml")],
            []);

        Assert.True(await promtool.ExitCodeAsync() == 0, promtool.Output.ToString());
    }

    [RequiresProgramFact("kubectl")]
    public async Task In_production_monitors_have_the_label_that_is_looked_for_and_a_way_through_the_policies()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var monitors = overlay.OfKind("ServiceMonitor", "PodMonitor", "PrometheusRule").ToList();

        Assert.Equal(6, monitors.Count);
        Assert.All(monitors, monitor => Assert.Equal(
            "kube-prometheus-stack", monitor.Map("metadata.labels").GetValueOrDefault("release")));
        Assert.All(overlay.OfKind("PodMonitor"), monitor =>
        {
            var selected = monitor.Map("spec.selector.matchLabels");
            Assert.Contains(overlay.OfKind("NetworkPolicy"), policy =>
                policy.Map("spec.podSelector.matchLabels").All(l => selected.GetValueOrDefault(l.Key) == l.Value)
                && policy.Map("spec.podSelector.matchLabels").Count > 0
                && policy.Items("spec.ingress").Any(rule => rule.Items("from").Any(from =>
                    from.Map("namespaceSelector.matchLabels").Values.Contains("monitoring"))));
        });
    }
}
