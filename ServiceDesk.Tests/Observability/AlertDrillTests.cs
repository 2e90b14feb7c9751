using ServiceDesk.Tests.Faults;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;
using Xunit.Abstractions;

namespace ServiceDesk.Tests.Observability;

/// <summary>The fleet of the chaos run under load, one fault after another, and a real Prometheus whose rules take a
/// second for a minute.</summary>
public sealed class AlertDrillTests(FaultServersFixture servers, ITestOutputHelper output)
    : IClassFixture<FaultServersFixture>
{
    /// <summary>Their windows reach back over the faults before.</summary>
    private static readonly string[] RememberEarlierFaults = ["EffectsLate", "EffectsLateForDays"];

    /// <summary>A process that starts takes seconds, and to these rules minutes.</summary>
    private const string WhileOneStarts = "ServiceNotReady";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [AlertDrillFact]
    public async Task A_quiet_hour_raises_no_alert_and_each_fault_those_that_it_should_and_no_other()
    {
        // A relay that is frozen beyond its lease must be awake while the rules still see what it had counted before.
        var chaos = ChaosSettings.FromEnvironment() with { Lease = TimeSpan.FromSeconds(3) };
        var journal = new Journal(output, chaos.ReportFile);
        await using var ground = await DrillGround.StartAsync(chaos, servers.Servers);
        using var stop = new CancellationTokenSource();
        var load = ground.LoadAsync(chaos, stop.Token);
        // What was posted before the notifiers had their partitions is late.
        await Eventually.SeesAsync("that it flows", ground.EffectsAsync, effects => effects > 100);
        await using var prometheus = await PrometheusProcess.StartAsync(ground.Endpoints(), hurries: true);

        // The first seconds do not count: nothing was scraped yet, which is an outage to the rules.
        await Eventually.SeesAsync(
            "a minute of samples, an hour to the rules",
            () => prometheus.QueryAsync("min(count_over_time(up[90s])) >= 150"), r => r.Count == 1, Limit);
        Assert.Empty(await prometheus.FiredAsync(within: "60s"));
        journal.Print($"{"fault",-42} alerts");
        journal.Print($"{"none, for an hour to the rules",-42} none");
        var wrong = new List<string>();
        foreach (var drill in ground.Drills())
        {
            wrong.AddRange(await HoldAsync(drill, prometheus, journal));
        }

        await stop.CancelAsync();
        await load;
        Assert.Empty(wrong);
    }

    /// <returns>Alerts that the fault should not raise.</returns>
    private static async Task<IEnumerable<string>> HoldAsync(
        AlertDrill drill, PrometheusProcess prometheus, Journal journal)
    {
        var began = journal.Elapsed;
        Task<IReadOnlyCollection<string>> FiredAsync() =>
            prometheus.FiredAsync(within: $"{(journal.Elapsed - began).TotalMilliseconds:0}ms");

        await drill.StrikeAsync();
        await Eventually.SeesAsync(
            $"{string.Join(" and ", drill.Raises)} for {drill.Fault}",
            async () => string.Join(' ', await FiredAsync()),
            fired => drill.Raises.All(fired.Split(' ').Contains), Limit);
        await drill.HealAsync();
        await Eventually.SeesAsync(
            $"the end of all alerts after {drill.Fault}", prometheus.AlertsAsync,
            alerts => alerts.Split(", ").All(a => a.Length == 0 || RememberEarlierFaults.Contains(a.Split(' ')[0])),
            Limit);

        var fired = await FiredAsync();
        journal.Print($"{drill.Fault,-42} {string.Join(", ", fired.Except(RememberEarlierFaults))}");
        return fired.Except([.. drill.Raises, .. drill.Allows, .. RememberEarlierFaults, WhileOneStarts])
            .Select(alert => $"{alert} by {drill.Fault}");
    }
}
