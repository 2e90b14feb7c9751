using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

/// <summary>The AppHost as a developer meets it: what it says when it is up, and how it ends.</summary>
[Collection(OneApplicationAtATime.Name)]
public sealed partial class StopTests
{
    private const int Interrupt = 2;

    /// <summary>Takes about 4 seconds on an idle machine. Stopped all at once, the services took 14 to give up on
    /// the dashboard.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <summary>What `dotnet run` takes from the launch profile; the ports are any that are free.</summary>
    private static readonly Dictionary<string, string> Profile = new()
    {
        ["ASPNETCORE_URLS"] = "http://localhost:0",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:0",
        ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        ["DcpPublisher__RandomizePorts"] = "true",
    };

    [Fact]
    public async Task Says_where_to_log_in_and_where_to_post_and_ends_within_seconds_of_Ctrl_C()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var data = new TemporaryFolder();
        RunningSystem.LetPostgresIn(data);
        await using var appHost = AppHostProgram.Start(
            ["--infrastructure", "local", "--ServiceDesk:DataFolder", data.FullName, .. RunningSystem.FreePorts],
            Profile);
        await appHost.Output.LineAsync(
            "the dashboard's login address", LoginAddress().IsMatch, RunningSystem.StartLimit);
        var curl = await appHost.Output.LineAsync("where to post", Curl().IsMatch, RunningSystem.StartLimit);
        await PostAsync(Curl().Match(curl).Groups["address"].Value);
        var addresses = Path.Combine(data.FullName, "run", "apphost.env");
        Assert.Contains($"APPHOST_PID={appHost.Id}", await File.ReadAllLinesAsync(addresses));
        var started = StartedBy(appHost);
        Assert.All(["ServiceDesk.TicketApi", "ServiceDesk.OutboxRelay", "ServiceDesk.Notifier", data.FullName], name =>
            Assert.Contains(started.Values, command => command.Contains(name, StringComparison.Ordinal)));

        var end = Stopwatch.StartNew();
        appHost.Send(Interrupt);

        Assert.Equal(0, await appHost.ExitCodeAsync(EndLimit * 3));
        await Eventually.SeesAsync(
            "every process has ended",
            () => Task.FromResult(
                string.Join('\n', started.Where(p => ProcessTree.CommandOf(p.Key) == p.Value).Select(p => p.Value))),
            left => left == "");
        Assert.InRange(end.Elapsed, TimeSpan.Zero, EndLimit);
        Assert.False(
            File.Exists(Path.Combine(data.FullName, "pg", "postmaster.pid")),
            "PostgreSQL was killed instead of stopped.");
        Assert.False(File.Exists(addresses), "The addresses of what has ended are still there.");
    }

    [Fact]
    public async Task Without_a_dashboard_a_start_that_fails_ends_everything_and_says_what_failed()
    {
        using var data = new TemporaryFolder();
        RunningSystem.LetPostgresIn(data);

        await using var appHost = AppHostProgram.Start(
            [
                "--infrastructure", "local", "--dashboard", "false", "--ServiceDesk:DataFolder",
                data.FullName, .. RunningSystem.FreePorts],
            new Dictionary<string, string>
            {
                ["DcpPublisher__RandomizePorts"] = "true",
                ["Migrator__StartTimeout"] = "00:00:00",
            });

        Assert.Equal(1, await appHost.ExitCodeAsync(RunningSystem.StartLimit));
        Assert.Contains("AppHost: migrator ended with exit code 2:", appHost.Output.Errors);
        Assert.Contains(appHost.Output.Errors, line =>
            line.Contains("Migrator:StartTimeout is '00:00:00'", StringComparison.Ordinal));
    }

    private static async Task PostAsync(string address)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsJsonAsync(
            address, new { title = "Printer on fire", description = "Room 4.12" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>All of them descend from Aspire's orchestrator, which is told whose end is its own.</summary>
    private static Dictionary<int, string> StartedBy(ChildProcess appHost) =>
        ProcessTree.From($" --monitor {appHost.Id} ");

    [GeneratedRegex(@"http://localhost:\d+/login\?t=\w+")]
    private static partial Regex LoginAddress();

    [GeneratedRegex(@"^ *curl -i (?<address>http://localhost:\d+/tickets) ")]
    private static partial Regex Curl();
}
