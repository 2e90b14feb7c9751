using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The Helm chart is made of the overlays, and renders what they do.</summary>
public sealed class ChartTests
{
    private static readonly string Chart = Path.Combine(ManifestFiles.Root, "infra", "helm", "servicedesk");
    private static readonly string[] AsKind =
        ["--set", "ticketApi.service.type=NodePort,ticketApi.service.nodePort=30080,postgres.createSecret=false"];

    public static TheoryData<string, string[]> Forms => new()
    {
        { Overlay.Kind, AsKind },
        {
            "overlays/kind-demo",
            [.. AsKind, "--set", "observability.enabled=true,autoscaling.mode=hpa",
                "--set", "autoscaling.ticketApi.min=1,autoscaling.ticketApi.max=2"]
        },
        { Overlay.Production, ["--values", Path.Combine(Chart, "values-production.yaml")] },
    };

    [RequiresProgramFact("kubectl")]
    public async Task Its_files_are_what_the_overlays_say_today() => Assert.All(
        global::Chart.Files.Of(await global::Chart.Sources.RenderAsync(ManifestFiles.Folder)), file => Assert.True(
            File.ReadAllText(Path.Combine(Chart, file.Key)) == file.Value,
            $"infra/helm/servicedesk/{file.Key} is stale: run scripts/manifests.sh --chart"));

    [RequiresProgramTheory("kubectl", "helm")]
    [MemberData(nameof(Forms))]
    public async Task It_renders_what_kustomize_does(string folder, string[] values)
    {
        var chart = Comparable(await TemplateAsync(values));
        // The demo's names for this machine are those of its own cluster.
        var overlay = Comparable((await Overlay.RenderAsync(folder)).Text)
            .Where(d => folder == Overlay.Production || !d.Key.StartsWith("Ingress/", StringComparison.Ordinal))
            .ToDictionary();

        Assert.Equal(overlay.Keys.Order(StringComparer.Ordinal), chart.Keys.Order(StringComparer.Ordinal));
        Assert.All(overlay, document =>
            Assert.Equal(document.Value.ToJsonString(), chart[document.Key].ToJsonString()));
    }

    [RequiresProgramTheory("helm")]
    [InlineData("values.yaml")]
    [InlineData("values-production.yaml")]
    public async Task Helm_finds_nothing_to_complain_about(string values)
    {
        var lint = await Helm.RunAsync("lint", "--strict", Chart, "--values", Path.Combine(Chart, values));
        Assert.True(lint.ExitCode == 0, lint.Output.Text);
    }

    /// <param name="setting">Given to helm.</param>
    /// <param name="reason">A pattern, as versions of helm word it differently.</param>
    [RequiresProgramTheory("helm")]
    [InlineData("ticketApi.replica=3", "dditional propert(y|ies) '?replica")]
    [InlineData("postgres.mode=elsewhere", "postgres.mode.*must be one of")]
    [InlineData("networkPolicies.enabled=true", "there are no policies for bundled servers")]
    [InlineData("kafka.mode=external", "kafka.brokers: must be set")]
    [InlineData("console.enabled=true", "console.enabled: not with bundled Postgres")]
    public async Task What_makes_no_sense_is_refused(string setting, string reason)
    {
        var (exitCode, output) = await Helm.RunAsync(
            "template", "x", Chart, "--kube-version", "1.30.0", "--set", setting);
        Assert.NotEqual(0, exitCode);
        Assert.Matches(reason, output.Text);
    }

    [RequiresProgramFact("helm")]
    public async Task With_servers_elsewhere_it_makes_none_and_opens_the_way_to_them()
    {
        var documents = Comparable(await TemplateAsync([
            "--values", Path.Combine(Chart, "values-production.yaml"), "--set", "postgres.mode=external",
            "--set", "kafka.mode=external,kafka.brokers=kafka.example.com:9093,ingress.kind=Gateway",
            "--set", "image.pullSecrets[0].name=registry,otlp.endpoint=http://collector:4317"]));

        Assert.DoesNotContain(documents.Keys, id => Regex.IsMatch(id, "^(Cluster|Kafka|ObjectStore|Stateful)"));
        Assert.Contains("HTTPRoute/ticket-api", documents.Keys);
        var way = documents["NetworkPolicy/allow-services-to-kafka"];
        Assert.Null(Assert.Single(way.Items("spec.egress")).At("to"));
        var api = documents["Deployment/ticket-api"];
        Assert.Equal("registry", api.Items("spec.template.spec.imagePullSecrets").Single().Text("name"));
        Assert.Equal(
            "http://collector:4317", documents["ConfigMap/ticket-api"].Map("data")["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    }

    [Fact]
    public void It_has_the_products_version_and_wants_the_kubernetes_that_the_script_wants()
    {
        var chart = YamlDocuments.Parse(File.ReadAllText(Path.Combine(Chart, "Chart.yaml"))).Single();
        var version = typeof(ServiceInfo).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Assert.Equal((version, version), (chart.Text("version"), chart.Text("appVersion")));
        var minimum = Regex.Match(ManifestFiles.Read("infra/k8s/cluster/rollout.sh"), @"MINIMUM_VERSION=([\d.]+)");
        Assert.Equal($">={minimum.Groups[1]}.0-0", chart.Text("kubeVersion"));
        Assert.Contains($"Kubernetes {minimum.Groups[1]} or later", ManifestFiles.Read("docs/kubernetes.md"));
    }

    /// <summary>Without what has to differ: the namespace, which helm makes; names that kustomize gives by content, and
    /// the chart's sums of it; the order of variables and volumes.</summary>
    private static Dictionary<string, JsonNode> Comparable(string rendered)
    {
        var documents = global::Chart.Sources.Of(rendered);
        foreach (var document in documents.Values)
        {
            foreach (var list in new[] { "env", "volumeMounts" })
            {
                foreach (var container in document.Items("spec.template.spec.containers"))
                {
                    Sort(container, list);
                }
            }

            Sort(document.At("spec.template.spec"), "volumes");
            (document.At("spec.template.metadata") as JsonObject)?.Remove("annotations");
        }

        return documents.ToDictionary(d => d.Key, d => Sorted(d.Value)!);
    }

    private static void Sort(JsonNode? owner, string list)
    {
        if (owner?[list] is JsonArray items)
        {
            owner[list] = new JsonArray([.. items.OrderBy(i => i.Text("name"), StringComparer.Ordinal)
                .Select(i => i!.DeepClone())]);
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static async Task<string> TemplateAsync(string[] values)
    {
        var (exitCode, output) = await Helm.RunAsync(
            ["template", "servicedesk", Chart, "--namespace", "servicedesk", "--kube-version", "1.30.0", .. values]);
        Assert.True(exitCode == 0, output.Text);
        return string.Join('\n', output.Standard) + '\n';
    }
}
