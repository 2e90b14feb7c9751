namespace ServiceDesk.Tests.Infrastructure;

/// <summary>The migrator, run to its end.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">What it printed.</param>
internal sealed record MigratorRun(int ExitCode, ProcessOutput Output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<MigratorRun> RunAsync(Dictionary<string, string> settings)
    {
        await using var process = ChildProcess.StartProgram("ServiceDesk.Migrator", [], settings);
        return new MigratorRun(await process.ExitCodeAsync(Limit), process.Output);
    }

    public static async Task<MigratorRun> SucceedsAsync(Dictionary<string, string> settings)
    {
        var run = await RunAsync(settings);
        Assert.True(run.ExitCode == 0, $"the migrator ended with {run.ExitCode}: {run.Output}");
        return run;
    }
}
