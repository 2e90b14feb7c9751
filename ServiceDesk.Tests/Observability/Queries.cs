using System.Text.Json.Nodes;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Observability;

/// <summary>All PromQL in infra/observability.</summary>
internal static class Queries
{
    private static readonly string Folder = Path.Combine(ManifestFiles.Root, "infra/observability");

    public static string Rules { get; } = Path.Combine(Folder, "alerts.yaml");

    public static IReadOnlyList<string> Dashboards { get; } =
        Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json");

    public static IReadOnlyList<(string Place, string Expression)> OfDashboards { get; } =
    [
        .. from file in Dashboards
           let dashboard = JsonNode.Parse(File.ReadAllText(file))!
           from panel in dashboard["panels"]!.AsArray()
           from target in panel!["targets"]!.AsArray()
           select ($"{Path.GetFileName(file)}, {panel["title"]}", target!["expr"]!.GetValue<string>()),
    ];

    public static IReadOnlyList<(string Place, string Expression)> All { get; } =
    [
        .. OfDashboards,
        .. from rule in RulesOf("alert").Concat(RulesOf("record"))
           select ((rule["alert"] ?? rule["record"])!.GetValue<string>(), rule["expr"]!.GetValue<string>()),
    ];

    public static IReadOnlyCollection<string> Recorded { get; } =
        [.. RulesOf("record").Select(r => r["record"]!.GetValue<string>())];

    /// <summary>What the exporters of Postgres, Kafka and Kubernetes have; written down from their documentation, as
    /// none of them runs here.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyCollection<string> Labels)> OfExporters { get; } =
    [
        .. from metric in Parse(Path.Combine(Folder, "exporters.yaml")).AsObject()
           select (metric.Key, (IReadOnlyCollection<string>)[.. metric.Value!.AsArray().Select(l => l!.ToString())]),
    ];

    /// <summary>As Grafana sends it.</summary>
    public static string Concrete(string query) => query.Replace("$__rate_interval", "1m", StringComparison.Ordinal);

    private static JsonNode Parse(string file) => YamlDocuments.Parse(File.ReadAllText(file)).Single()!;

    private static IEnumerable<JsonNode> RulesOf(string kind) =>
        from @group in Parse(Rules)["groups"]!.AsArray()
        from rule in @group!["rules"]!.AsArray()
        where rule![kind] is not null
        select rule;
}
