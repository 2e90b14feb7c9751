using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>Alert rules pass Prometheus' own tests, use metrics that services export, and have a page each.</summary>
public sealed partial class AlertTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    private const string Rules = "infra/observability/alerts.yaml";

    [RequiresProgramFact("promtool")]
    public async Task Every_fault_raises_its_alert_and_a_quiet_hour_raises_none()
    {
        await using var promtool = ChildProcess.Start(
            "promtool", ["test", "rules", Path.Combine(ManifestFiles.Root, "infra/observability/alerts.test.yaml")],
            []);

        Assert.True(await promtool.ExitCodeAsync() == 0, promtool.Output.ToString());
    }

    [Fact]
    public void Every_alert_is_tested_and_has_a_page_that_says_what_to_do()
    {
        var tests = ManifestFiles.Read("infra/observability/alerts.test.yaml");

        Assert.All(Alerts(), alert =>
        {
            Assert.Contains($"alertname: {alert["alert"]}", tests, StringComparison.Ordinal);
            var page = alert["annotations"]!["runbook_url"]!.GetValue<string>();
            Assert.True(
                File.Exists(Path.Combine(ManifestFiles.Root, page[page.IndexOf("docs/", StringComparison.Ordinal)..])),
                page);
        });
    }

    [Fact]
    public void The_operators_rules_are_the_same() => Assert.Equal(
        YamlDocuments.Parse(ManifestFiles.Read(Rules)).Single()!["groups"]!.ToJsonString(),
        YamlDocuments.Parse(ManifestFiles.Read("infra/k8s/overlays/production/alerts.yaml"))
            .Single()!["spec"]!["groups"]!.ToJsonString());

    [Fact]
    public async Task Every_metric_that_a_rule_asks_for_is_one_that_a_service_exports()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var api = await system.StartTicketApiAsync(("Auth__Authority", "https://localhost:1"));
        ServiceProcess[] services = [api, await system.StartRelayAsync(), await system.StartNotifierAsync()];
        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=1");
        await api.Http.GetAsync("tickets");
        var pages = await Task.WhenAll(services.Select(s => s.Http.GetStringAsync("metrics")));

        var asked = Alerts().Select(a => a["expr"]!.GetValue<string>()).SelectMany(e => Metric().Matches(e))
            .Select(m => m.Value);

        // "up" is Prometheus' own.
        Assert.All(asked.Distinct().Where(name => name != "up"), name => Assert.True(
            pages.Any(page => Regex.IsMatch(page, $@"^{name}[{{ ]", RegexOptions.Multiline)),
            $"no service exports {name}"));
    }

    private static IEnumerable<JsonNode> Alerts() =>
        from document in YamlDocuments.Parse(ManifestFiles.Read(Rules))
        from @group in document!["groups"]!.AsArray()
        from rule in @group!["rules"]!.AsArray()
        where rule!["alert"] is not null
        select rule;

    [GeneratedRegex(@"\b(up|(outbox|notify|http|db|auth)_[a-z_]+)\b(?=[{\[) ])")]
    private static partial Regex Metric();
}
