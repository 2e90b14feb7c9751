using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Aspire;

[Collection(OneApplicationAtATime.Name)]
public sealed class WholeApplicationTests
{
    private const string EventsDone =
        "SELECT count(*) FROM processed_events WHERE aggregate_id = $1 AND status = 'done'";
    private const string AddFailedEvent =
        """
        INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, status, failed_at)
        VALUES (gen_random_uuid(), 'ticket', gen_random_uuid(), 'ticket.created',
                '{"title":"Failed before"}', 'failed', now())
        """;

    private const string AllEventsDone = "SELECT count(*) FROM processed_events WHERE status = 'done'";

    [Fact]
    public async Task A_ticket_goes_through_the_whole_system_as_one_trace()
    {
        using var data = new TemporaryFolder();
        using var traces = new TraceCollector();
        await using var system = await RunningSystem.StartAsync(data, traces);
        await using var database = await system.DatabaseAsync();
        var trace = Guid.NewGuid().ToString("N");

        var ticket = await CreateTicketAsync(system, $"00-{trace}-00f067aa0ba902b7-01");

        await Eventually.SeesAsync(
            "the ticket's event is done", () => CountAsync(database, EventsDone, ticket),
            count => count == 1, RunningSystem.StartLimit);
        foreach (var service in RunningSystem.Services)
        {
            await Eventually.IsTrueAsync(
                $"{service} reports spans of the trace",
                () => Task.FromResult(traces.Has(trace, service)), RunningSystem.StartLimit);
        }
    }

    [Fact]
    public async Task Every_link_of_the_dashboard_leads_somewhere_and_the_first_ticket_brings_no_warning()
    {
        using var data = new TemporaryFolder();
        await using var system = await RunningSystem.StartAsync(data);
        await using var database = await system.DatabaseAsync();
        using var browser = new HttpClient();

        var links = system.Links().ToList();

        Assert.Superset(RunningSystem.Services.ToHashSet(), links.Select(link => link.Resource).ToHashSet());
        foreach (var (resource, address) in links)
        {
            using var page = await browser.GetAsync(address);
            Assert.True(page.StatusCode == HttpStatusCode.OK, $"{resource}: {address} answers {page.StatusCode}");
        }

        using var api = system.Client("ticket-api");
        using var first = await api.GetAsync("/");
        Assert.Equal("/scalar/", first.RequestMessage?.RequestUri?.AbsolutePath);
        await CreateTicketAsync(system, $"00-{Guid.NewGuid():N}-00f067aa0ba902b7-01");
        await Eventually.SeesAsync(
            "the ticket's event is done", () => CountAsync(database, AllEventsDone),
            count => count == 1, RunningSystem.StartLimit);
        foreach (var service in RunningSystem.Services)
        {
            Assert.DoesNotContain(
                await system.LogAsync(service), line => line.Contains("warn", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task The_dashboards_button_sends_a_ticket_through_several_relays_and_notifiers()
    {
        using var data = new TemporaryFolder();
        await using var system = await RunningSystem.StartAsync(
            data, "--ServiceDesk:RelayReplicas", "2", "--ServiceDesk:NotifierReplicas", "2");
        await using var database = await system.DatabaseAsync();

        var pressed = await system.CommandAsync("ticket-api", "create-sample-ticket");

        Assert.True(pressed.Success, pressed.Message);
        await Eventually.SeesAsync(
            "the ticket's event is done", () => CountAsync(database, AllEventsDone),
            count => count == 1, RunningSystem.StartLimit);
    }

    [Fact]
    public async Task The_dashboards_button_gives_a_failed_event_another_chance()
    {
        using var data = new TemporaryFolder();
        await using var system = await RunningSystem.StartAsync(data);
        await using var database = await system.DatabaseAsync();
        await using (var add = database.CreateCommand(AddFailedEvent))
        {
            await add.ExecuteNonQueryAsync();
        }

        var pressed = await system.CommandAsync("outbox-relay", "replay-failed-events");

        Assert.True(pressed.Success, pressed.Message);
        await Eventually.SeesAsync(
            "the event is done", () => CountAsync(database, AllEventsDone),
            count => count == 1, RunningSystem.StartLimit);
    }

    private static async Task<Guid> CreateTicketAsync(RunningSystem system, string traceParent)
    {
        using var api = system.Client("ticket-api");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tickets");
        request.Content = JsonContent.Create(
            new { title = "Printer on fire", description = "Room 4.12, second floor" });
        request.Headers.Add("traceparent", traceParent);
        using var response = await api.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql, Guid? id = null)
    {
        await using var query = database.CreateCommand(sql);
        if (id is { } value)
        {
            query.Parameters.Add(new() { Value = value });
        }

        return (long)(await query.ExecuteScalarAsync())!;
    }
}
