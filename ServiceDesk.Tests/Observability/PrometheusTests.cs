using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Observability;

/// <summary>A real Prometheus scrapes the running system with the rules as they are.</summary>
public sealed class PrometheusTests(ObservedSystem observed) : IClassFixture<ObservedSystem>
{
    [RequiresProgramFact("prometheus")]
    public async Task In_peace_no_alert_is_raised_every_panel_has_data_and_a_fault_raises_its_alert_and_no_other()
    {
        await using var prometheus = await PrometheusProcess.StartAsync(
            observed.Services.ToLookup(s => s.Key, s => s.Value.Http.BaseAddress!.Authority));
        await Eventually.SeesAsync("every service is scraped twice", () =>
            prometheus.QueryAsync("min(count_over_time(up[1m])) >= 2 and count(up == 1) == 3"), r => r.Count == 1);
        await observed.WorkAsync(expected: 4);

        foreach (var (place, query) in Queries.OfDashboards.Where(IsOfServices))
        {
            await Eventually.SeesAsync(
                $"data for {place}: {query}", () => prometheus.QueryAsync(Queries.Concrete(query)), r => r.Count > 0);
        }

        foreach (var record in Queries.Recorded)
        {
            await Eventually.SeesAsync($"data for {record}", () => prometheus.QueryAsync(record), r => r.Count > 0);
        }

        Assert.Equal("", await prometheus.AlertsAsync());

        await observed.PoisonAsync();
        await Eventually.SeesAsync(
            "the alert of the poison event", prometheus.AlertsAsync, alerts => alerts == "NotifierDeadLetter firing");

        await observed.Services["outbox-relay"].KillAsync();
        await Eventually.SeesAsync(
            "those of the dead relay, which wait two minutes before they fire", prometheus.AlertsAsync,
            alerts => alerts == "NotifierDeadLetter firing, OutboxRelayAbsent pending, ServiceDown pending");
    }

    /// <summary>No exporter of the servers runs here.</summary>
    private static bool IsOfServices((string Place, string Expression) query) =>
        !query.Place.StartsWith("servers.json", StringComparison.Ordinal);
}
