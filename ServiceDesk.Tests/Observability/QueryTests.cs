using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Observability;

/// <summary>Every query of dashboards and rules is PromQL, and names metrics and labels that exist.</summary>
public sealed class QueryTests(ObservedSystem observed) : IClassFixture<ObservedSystem>
{
    /// <summary>What Prometheus adds to every series.</summary>
    private static readonly string[] Added = ["job", "instance"];

    [RequiresProgramFact("promtool")]
    public async Task Prometheus_can_read_every_query()
    {
        using var folder = new TemporaryFolder();
        var rules = Queries.All.Index().Select(q => new JsonObject
        {
            ["record"] = $"query:n{q.Index}",
            ["expr"] = Queries.Concrete(q.Item.Expression),
        });
        var file = folder.Write("queries.json", new JsonObject
        {
            ["groups"] = new JsonArray(
                new JsonObject { ["name"] = "queries", ["rules"] = new JsonArray([.. rules]) }),
        }.ToJsonString());

        await using var promtool = ChildProcess.Start("promtool", ["check", "rules", file], []);

        Assert.True(await promtool.ExitCodeAsync() == 0, promtool.Output.ToString());
    }

    [Fact]
    public async Task Every_metric_and_label_is_one_that_is_exported()
    {
        await observed.PoisonAsync();
        var pages = await Eventually.SeesAsync("the dead letter is counted", observed.MetricsAsync, pages =>
            pages.Any(p => p.Sum("notify_processed_total", ("status", "dead")) > 0));
        var secured = await observed.System.StartTicketApiAsync(("Auth__Authority", "https://localhost:1"));
        pages = [.. pages, await secured.MetricsAsync()];
        var exported = pages.SelectMany(p => p.Labels()).Concat(Queries.OfExporters)
            .GroupBy(m => m.Name).ToDictionary(m => m.Key, m => m.SelectMany(s => s.Labels).ToHashSet());

        var unknown =
            from query in Queries.All
            from problem in Problems(query.Expression, exported, pages)
            select $"{query.Place}: {problem}";

        Assert.True(!unknown.Any(), string.Join(Environment.NewLine, unknown));
    }

    [RequiresProgramFact("node")]
    public async Task The_dashboards_are_those_that_the_program_writes()
    {
        using var folder = new TemporaryFolder();

        await using var node = ChildProcess.Start(
            "node", [Path.Combine(ManifestFiles.Root, "infra/observability/dashboards.mjs"), folder.FullName], []);

        Assert.True(await node.ExitCodeAsync() == 0, node.Output.ToString());
        Assert.All(Queries.Dashboards, dashboard => Assert.Equal(
            File.ReadAllText(Path.Combine(folder.FullName, Path.GetFileName(dashboard))),
            File.ReadAllText(dashboard)));
    }

    private static IEnumerable<string> Problems(
        string query, Dictionary<string, HashSet<string>> exported, IReadOnlyList<MetricsPage> pages)
    {
        var labels = new HashSet<string>(Added);
        foreach (var (metric, matchers) in PromQl.Selectors(query))
        {
            if (metric == "up" || Queries.Recorded.Contains(metric))
            {
                continue;
            }

            if (!exported.TryGetValue(metric, out var own))
            {
                yield return $"nobody exports {metric}";
                continue;
            }

            labels.UnionWith(own);
            foreach (var (label, comparison, value) in matchers.Where(m => !Added.Contains(m.Label)))
            {
                if (!own.Contains(label))
                {
                    yield return $"{metric} has no label {label}";
                }
                else if (comparison == "=" && IsOurs(metric)
                    && pages.All(p => p.Sum(metric, (label, value)) is null))
                {
                    yield return $"{metric} has no {label} {value}";
                }
            }
        }

        foreach (var label in PromQl.GroupedBy(query).Where(label => !labels.Contains(label)))
        {
            yield return $"no label {label} to group by";
        }
    }

    private static bool IsOurs(string metric) => Queries.OfExporters.All(m => m.Name != metric);
}
