using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The production policies: closed by default, and open where a service has to go.</summary>
public sealed class NetworkTests
{
    [RequiresProgramTheory("kubectl")]
    [InlineData("default-deny-ingress", "Ingress")]
    [InlineData("default-deny-egress", "Egress")]
    public async Task Nothing_is_open_by_default(string name, string type)
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var policy = overlay.Find("NetworkPolicy", name);
        Assert.Equal([type], policy.Items("spec.policyTypes").Select(t => t.ToString()));
        Assert.Null(policy.At($"spec.{type.ToLowerInvariant()}"));
        Assert.All(overlay.Workloads, workload => Assert.True(Selects(policy!, workload)));
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData("migrator", "53 5432 9093")]
    [InlineData("ticket-api", "443 53 5432")]
    [InlineData("outbox-relay", "53 5432 9093")]
    [InlineData("notifier", "53 5432 9093")]
    public async Task A_service_can_go_where_it_must_and_nowhere_else(string app, string ports)
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var open = overlay.OfKind("NetworkPolicy").Where(p => Selects(p, overlay.WorkloadOf(app)))
            .SelectMany(p => p.Items("spec.egress")).SelectMany(rule => rule.Items("ports"))
            .Select(p => p.Text("port")!);
        Assert.Equal(ports, string.Join(' ', open.Distinct().Order(StringComparer.Ordinal)));
    }

    [RequiresProgramTheory("kubectl")]
    [InlineData("ticket-api", "monitoring projectcontour")]
    [InlineData("outbox-relay", "monitoring")]
    [InlineData("notifier", "monitoring")]
    public async Task A_service_is_reached_by_those_who_must_and_by_nobody_else(string app, string namespaces)
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var rules = overlay.OfKind("NetworkPolicy").Where(p => Selects(p, overlay.WorkloadOf(app)))
            .SelectMany(p => p.Items("spec.ingress")).ToList();
        Assert.All(rules, rule => Assert.Equal("http", Assert.Single(rule.Items("ports")).Text("port")));
        Assert.Equal(namespaces, string.Join(' ', rules.SelectMany(r => r.Items("from"))
            .Select(f => Assert.Single(f.Map("namespaceSelector.matchLabels")).Value).Order(StringComparer.Ordinal)));
    }

    [RequiresProgramFact("kubectl")]
    public async Task The_ways_to_the_servers_lead_to_the_servers_that_are_made()
    {
        var overlay = await Overlay.RenderAsync(Overlay.Production);
        var peers = overlay.OfKind("NetworkPolicy")
            .SelectMany(p => p.Items("spec.egress").SelectMany(r => r.Items("to"))
                .Concat(p.Items("spec.ingress").SelectMany(r => r.Items("from")))
                .Select(peer => peer.Map("podSelector.matchLabels")).Append(p.Map("spec.podSelector.matchLabels")));
        foreach (var labels in peers)
        {
            Assert.Equal(
                overlay.OfKind("Cluster").Single().Text("metadata.name"),
                labels.GetValueOrDefault("cnpg.io/cluster", "servicedesk-db"));
            Assert.Equal(
                overlay.OfKind("Kafka").Single().Text("metadata.name"),
                labels.GetValueOrDefault("strimzi.io/cluster", "servicedesk-kafka"));
        }
    }

    private static bool Selects(JsonNode policy, Workload workload) =>
        policy.Map("spec.podSelector.matchLabels").All(l => workload.Labels.GetValueOrDefault(l.Key) == l.Value)
        && policy.Items("spec.podSelector.matchExpressions").All(e =>
            e.Text("operator") == "In"
            && e.Items("values").Any(v => v.ToString() == workload.Labels.GetValueOrDefault(e.Text("key")!)));
}
