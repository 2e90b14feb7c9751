using Xunit.Abstractions;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Everything at once. CHAOS_SECONDS makes it longer, CHAOS_SEED repeats the faults of a run.</summary>
public sealed class ChaosTests(FaultServersFixture servers, ITestOutputHelper output)
    : IClassFixture<FaultServersFixture>
{
    [Fact]
    public async Task The_promises_hold_while_everything_fails()
    {
        var chaos = ChaosSettings.FromEnvironment();
        var journal = new Journal(output, chaos.ReportFile);
        journal.Print($"seed {chaos.Seed} (CHAOS_SEED={chaos.Seed} repeats its faults)");

        var violations = await new ChaosRun(chaos, servers.Servers, journal).RunAsync();

        Assert.True(violations.Count == 0,
            $"With seed {chaos.Seed}: "
            + $"{string.Join(Environment.NewLine, violations.Take(5).Select(v => $"{v.Invariant}: {v.Detail}"))}");
    }
}
