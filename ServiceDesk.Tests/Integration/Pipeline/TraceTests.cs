using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Pipeline;

public sealed class TraceTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    [Fact]
    public async Task Requests_start_traces_and_polls_probes_and_scrapes_start_none()
    {
        using var traces = new TraceCollector();
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var process = await system.StartTicketApiAsync(traces.Settings);
        var (relay, notifier) =
            (await system.StartRelayAsync(traces.Settings), await system.StartNotifierAsync(traces.Settings));
        var api = new TicketClient(process.Http);
        // Once through everything, so that what a first use does is over.
        await api.CreateAsync();
        await system.Database.ProcessedBecomesAsync("done=1");
        await AreCompleteAsync(traces, count: 1);
        traces.Clear();

        var id = await api.CreateAsync();
        await api.CreateAsync();
        await api.GetAsync($"/tickets/{id}");
        foreach (var service in new[] { process, relay, notifier })
        {
            await service.IsReadyAsync();
            await service.Http.GetStringAsync("healthz");
            await service.MetricsAsync();
        }

        await system.Database.ProcessedBecomesAsync("done=3");
        await AreCompleteAsync(traces, count: 2);
        // A relay polls the outbox at least once a second, and its backlog every two.
        var seen = (await relay.MetricsAsync()).Sum("db_client_operation_duration_seconds_count");
        await Eventually.SeesAsync("the relay polled", relay.MetricsAsync, m =>
            m.Sum("db_client_operation_duration_seconds_count") > seen + 3);

        var roots = traces.Spans.Where(s => s.ParentId == "").ToList();
        Assert.Equal(["GET /tickets/{id}", "POST /tickets", "POST /tickets"], roots.Select(s => s.Name).Order());
        Assert.Equal(3, traces.Spans.Select(s => s.TraceId).Distinct().Count());
        var counted = await process.MetricsAsync();
        Assert.Equal(4, counted.Sum("http_server_request_duration_seconds_count"));
    }

    private static async Task AreCompleteAsync(TraceCollector traces, int count) => await Eventually.SeesAsync(
        $"{count} traces from the request to the effect",
        () => Task.FromResult(string.Join(", ", traces.Spans.Select(s => $"{s.Service}: {s.Name}").Order())),
        _ => traces.Spans.Count(s => s.Name == "POST /tickets") == count
            && traces.Spans.Count(s =>
                s.Service == "notifier" && s.Name.StartsWith("process", StringComparison.Ordinal)) == count);
}
