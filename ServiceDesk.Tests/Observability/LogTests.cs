using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Observability;

/// <summary>What is logged while a server is away, and on a quiet start; on servers of its own.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private TestServers _servers = null!;

    public async Task InitializeAsync() => _servers = await TestServers.StartOwnAsync();

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task A_quiet_start_says_nothing_at_warning_and_an_outage_each_reason_once()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(_servers);
        var api = await system.StartTicketApiAsync(("Auth__Authority", "https://localhost:1"));
        var (relay, notifier) = (await system.StartRelayAsync(), await system.StartNotifierAsync());
        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=1");

        Assert.All([api, relay, notifier], service => Assert.Empty(Warnings(service)));

        var failures = Failures(await relay.MetricsAsync());
        await _servers.Postgres.Stoppable!.StopAsync();
        await Eventually.SeesAsync(
            "the relay failed often", relay.MetricsAsync, metrics => Failures(metrics) >= failures + 60);
        await _servers.Postgres.Stoppable!.StartAsync();

        var lines = Warnings(relay);
        Assert.NotEmpty(lines);
        Assert.All(lines.CountBy(line => line), line =>
            Assert.True(line.Value == 1, $"{line.Value} times: {line.Key}"));
    }

    private static double? Failures(MetricsPage page) => page.Sum("dotnet_exceptions_total") ?? 0;

    private static List<string> Warnings(ServiceProcess service) =>
    [
        .. from text in service.Output.Standard
           let line = JsonDocument.Parse(text).RootElement
           where line.GetProperty("LogLevel").GetString() is "Warning" or "Error" or "Critical"
           select string.Concat(line.GetProperty("Message").GetString()!.Where(c => !char.IsDigit(c))),
    ];
}
