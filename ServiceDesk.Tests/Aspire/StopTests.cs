using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed class StopTests
{
    private const int Interrupt = 2;

    /// <summary>What `dotnet run` takes from the launch profile; the ports are any that are free.</summary>
    private static readonly Dictionary<string, string> Profile = new()
    {
        ["ASPNETCORE_URLS"] = "http://localhost:0",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:0",
        ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        ["DcpPublisher__RandomizePorts"] = "true",
    };

    [Fact]
    public async Task Ctrl_C_ends_every_process_and_lets_the_database_shut_down()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var data = new TemporaryFolder();
        RunningSystem.LetPostgresIn(data);
        await using var appHost = AppHostProgram.Start(
            ["--infrastructure", "local", "--ServiceDesk:DataFolder", data.FullName, .. RunningSystem.FreePorts], Profile);
        var started = await Eventually.SeesAsync(
            "all services run", () => Task.FromResult(StartedBy(appHost)), RunAll, RunningSystem.StartLimit);
        Assert.Contains(started.Values, command => command.Contains(data.FullName, StringComparison.Ordinal));

        appHost.Send(Interrupt);

        Assert.Equal(0, await appHost.ExitCodeAsync());
        await Eventually.SeesAsync(
            "every process has ended",
            () => Task.FromResult(string.Join('\n', started.Where(p => ProcessTree.CommandOf(p.Key) == p.Value).Select(p => p.Value))),
            left => left == "");
        Assert.False(File.Exists(Path.Combine(data.FullName, "pg", "postmaster.pid")), "PostgreSQL was killed instead of stopped.");
    }

    /// <summary>All of them descend from Aspire's orchestrator, which is told whose end is its own.</summary>
    private static Dictionary<int, string> StartedBy(ChildProcess appHost) => ProcessTree.From($" --monitor {appHost.Id} ");

    private static bool RunAll(Dictionary<int, string> processes) =>
        ((string[])["ServiceDesk.TicketApi", "ServiceDesk.OutboxRelay", "ServiceDesk.Notifier"])
            .All(service => processes.Values.Any(command => command.EndsWith($"/{service}", StringComparison.Ordinal)));
}
