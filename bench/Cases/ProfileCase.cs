using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Cases;

/// <summary>Where the processor time of a drain goes, by program.</summary>
internal static class ProfileCase
{
    private const string Name = "profile";

    /// <summary>What takes less is left out.</summary>
    private const double Least = 0.005;

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var drain = new OutboxDrain(bench, system);
        foreach (var (program, share) in (await drain.ProfileAsync()).Where(p => p.Share >= Least))
        {
            bench.Report.Add(new Figure(Name, $"drain, 1 relay: {program}", Text.Percent(share)));
        }

        bench.Report.Note(
            $"{Name}: shares of the time of all processors, by /proc; what ran on another machine is not in it.");
    }
}
