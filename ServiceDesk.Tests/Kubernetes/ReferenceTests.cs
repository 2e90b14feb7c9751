using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What one document says about another is there.</summary>
public sealed class ReferenceTests
{
    /// <summary>Secrets that people (kind: scripts/k8s.sh) or operators create, never checked in;
    /// and their keys.</summary>
    private static readonly Dictionary<string, string[]> Secrets = new()
    {
        ["servicedesk-postgres"] = ["password"],
        ["servicedesk-db-app"] = ["uri"],
        ["servicedesk-kafka-user"] = ["password"],
        ["servicedesk-kafka-cluster-ca-cert"] = ["ca.crt"],
    };

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Everything_is_in_the_namespace_that_is_made(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var space = Assert.Single(overlay.OfKind("Namespace")).Text("metadata.name");
        Assert.All(overlay.Documents.Where(d => d.Text("kind") is not ("Namespace" or "PriorityClass")), d =>
            Assert.Equal(space, d.Text("metadata.namespace")));
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Workloads_select_their_own_pods(string folder) => Assert.All(
        (await Overlay.RenderAsync(folder)).Workloads.Where(w => w.Document.Text("kind") != "Job"),
        workload => Assert.True(Matches(workload.Document.Map("spec.selector.matchLabels"), workload)));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Services_lead_to_ports_of_one_workload(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        Assert.All(overlay.OfKind("Service"), service =>
        {
            var workload = Assert.Single(overlay.Workloads, w => Matches(service.Map("spec.selector"), w));
            var ports = workload.Container.Items("ports").ToList();
            Assert.All(service.Items("spec.ports"), port =>
                Assert.Contains(ports, p =>
                    p.Text("name") == port.Text("targetPort") && p.Text("containerPort") == port.Text("port")));
        });
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Stateful_sets_have_their_service_and_their_volumes(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        Assert.All(overlay.OfKind("StatefulSet"), set =>
            Assert.NotNull(overlay.Find("Service", set.Text("spec.serviceName")!)));
        Assert.All(overlay.Workloads, workload =>
            Assert.All(workload.Container.Items("volumeMounts"), mount => Assert.Contains(
                workload.Pod.Items("volumes").Select(v => v.Text("name"))
                    .Concat(workload.Document.Items("spec.volumeClaimTemplates").Select(c => c.Text("metadata.name"))),
                name => name == mount.Text("name"))));
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task Config_maps_and_secrets_have_what_is_read_from_them(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        Assert.All(overlay.Workloads, workload =>
        {
            Assert.NotEmpty(workload.Environment((secret, key) => Assert.Single(Secrets[secret], k => k == key)));
            Assert.All(workload.Pod.Items("volumes").Where(v => v.At("secret") is not null), volume => Assert.All(
                volume.Items("secret.items"),
                item => Assert.Contains(item.Text("key"), Secrets[volume.Text("secret.secretName")!])));
        });
    }

    [RequiresProgramFact("kubectl")]
    public async Task Autoscalers_and_disruption_budgets_are_about_workloads_that_are_there()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        Assert.All(overlay.OfKind("HorizontalPodAutoscaler", "ScaledObject"), scaler =>
        {
            var target = overlay.Find("Deployment", scaler.Text("spec.scaleTargetRef.name")!);
            // A number of replicas here would be set again by every apply.
            Assert.Null(Assert.IsAssignableFrom<JsonNode>(target).At("spec.replicas"));
        });
        Assert.All(
            overlay.OfKind("Deployment"),
            deployment => Assert.Single(overlay.OfKind("PodDisruptionBudget"), budget =>
                Matches(budget.Map("spec.selector.matchLabels"), new Workload(overlay, deployment))));
    }

    [RequiresProgramFact("kubectl")]
    public async Task Only_the_api_can_be_reached_from_outside_and_neither_its_metrics_nor_its_health()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var paths = Assert.Single(overlay.OfKind("Ingress")).Items("spec.rules")
            .SelectMany(r => r.Items("http.paths")).ToList();
        Assert.Equal(["/tickets", "/openapi"], paths.Select(p => p.Text("path")));
        Assert.All(paths, path => Assert.Contains(
            overlay.Find("Service", path.Text("backend.service.name")!).Items("spec.ports"),
            p => p.Text("name") == path.Text("backend.service.port.name")));
        Assert.All(overlay.OfKind("Service"), service => Assert.Equal("ClusterIP", service.Text("spec.type")));
    }

    [RequiresProgramFact("kubectl")]
    public async Task Every_service_is_monitored()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        Assert.All(overlay.OfKind("Service"), service => Assert.Contains(overlay.OfKind("ServiceMonitor"), monitor =>
            monitor.Map("spec.selector.matchLabels")
                .All(l => service.Map("metadata.labels").GetValueOrDefault(l.Key) == l.Value)
            && monitor.Items("spec.endpoints")
                .All(e => service.Items("spec.ports").Any(p => p.Text("name") == e.Text("port")))));
    }

    internal static bool Matches(IReadOnlyDictionary<string, string> selector, Workload workload) =>
        selector.Count > 0 && selector.All(l => workload.Labels.GetValueOrDefault(l.Key) == l.Value);
}
