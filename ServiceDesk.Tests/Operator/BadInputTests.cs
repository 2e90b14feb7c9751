using System.Net;
using System.Text;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>One console for all tests of what it refuses.</summary>
public sealed class OperatorFixture : IAsyncLifetime
{
    private readonly ServersFixture _servers = new();
    private ServiceDeskSystem? _system;
    private OperatorClient? _client;

    internal OperatorClient Client => _client!;

    public async Task InitializeAsync()
    {
        await _servers.InitializeAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        _client = await OperatorClient.StartAsync(_system);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }
}

/// <summary>Bad input at every parameter gets a 4xx that names it, and changes nothing (P7).</summary>
public sealed class BadInputTests(OperatorFixture fixture) : IClassFixture<OperatorFixture>
{
    private const string Id = "01890a5d-ac96-774b-bcce-b302099a8057";

    [Theory]
    [InlineData("events?ticket=1", "Ticket")]
    [InlineData("events?event_id=x", "EventId")]
    [InlineData("events?request_id=%00", "request_id")]
    [InlineData("events?trace_id=xyz", "trace_id")]
    [InlineData("events?trace_id=0af7651916cd43dd8448eb211c80319g", "trace_id")]
    [InlineData("events?type=a%00b", "type")]
    [InlineData("events?status=done", "status")]
    [InlineData("events?since=yesterday", "Since")]
    [InlineData("events?until=2026-13-01", "Until")]
    [InlineData("events?cursor=-1", "cursor")]
    [InlineData("events?cursor=99999999999999999999", "Cursor")]
    [InlineData("events?limit=0", "limit")]
    [InlineData("events?limit=201", "limit")]
    [InlineData("events?limit=many", "Limit")]
    [InlineData("events?tikcet=" + Id, "tikcet")]
    [InlineData("events?status=sent&status=failed", "status")]
    [InlineData("failed-events?ticket=x", "Ticket")]
    [InlineData("failed-events?contains=%00", "contains")]
    [InlineData("failed-events?limit=-5", "limit")]
    [InlineData("failed-events?code=failed", "code")]
    [InlineData("dead-letters?status=closed", "status")]
    [InlineData("dead-letters?cursor=0", "cursor")]
    [InlineData("dead-letters?since=-", "Since")]
    [InlineData("pipeline?x=1", "x")]
    [InlineData("workers?x=1", "x")]
    [InlineData("pauses?x=1", "x")]
    [InlineData("actions?cursor=x", "cursor")]
    [InlineData("actions?limit=1000", "limit")]
    [InlineData("tickets/" + Id + "?cursor=x", "cursor")]
    public async Task A_parameter_is_refused_by_name(string path, string field) => Assert.Equal(
        (HttpStatusCode.BadRequest, "validation_error", field),
        await fixture.Client.RefusedAsync(HttpMethod.Get, $"api/{path}"));

    [Theory]
    [InlineData("events/" + Id)]
    [InlineData("events/" + Id + "/message")]
    [InlineData("events/not-an-id")]
    [InlineData("dead-letters/1234567")]
    [InlineData("dead-letters/x")]
    [InlineData("tickets/" + Id)]
    [InlineData("actions/" + Id)]
    [InlineData("nothing")]
    public async Task What_is_not_there_is_not_found(string path) => Assert.Equal(
        (HttpStatusCode.NotFound, "not_found", null),
        await fixture.Client.RefusedAsync(HttpMethod.Get, $"api/{path}"));

    [Theory]
    [InlineData("actions", "{}", "kind")]
    [InlineData("actions", """{"kind":"erase","source":"outbox","all":true}""", "kind")]
    [InlineData("actions", """{"kind":"retry","source":"kafka","all":true}""", "source")]
    [InlineData("actions", """{"kind":"retry","source":"outbox"}""", "selection")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","all":true,"selection":{"type":"x"}}""", "selection")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","selection":{"letters":[1]}}""", "selection")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","selection":{"events":[]}}""", "selection")]
    [InlineData("actions", """{"kind":"retry","source":"letters","selection":{"partition":1}}""", "offset")]
    [InlineData("actions", """{"kind":"retry","source":"letters","selection":{"partition":-1,"offset":1}}""", "offset")]
    [InlineData("actions", """{"kind":"retry","source":"letters","selection":{"contains":"a\u0000"}}""", "contains")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","all":true,"rate":0}""", "rate")]
    [InlineData("actions", """{"kind":"discard","source":"outbox","all":true}""", "reason")]
    [InlineData("actions", """{"kind":"discard","source":"outbox","all":true,"reason":"  "}""", "reason")]
    [InlineData("pauses", """{"stage":"reading","scope":"all","reason":"x"}""", "stage")]
    [InlineData("pauses", """{"stage":"publishing","scope":"some","reason":"x"}""", "scope")]
    [InlineData("pauses", """{"stage":"publishing","scope":"all","value":"x","reason":"x"}""", "value")]
    [InlineData("pauses", """{"stage":"publishing","scope":"ticket","value":"x","reason":"x"}""", "value")]
    [InlineData("pauses", """{"stage":"publishing","scope":"event_type","reason":"x"}""", "value")]
    [InlineData("pauses", """{"stage":"publishing","scope":"all"}""", "reason")]
    [InlineData("pauses/resume", """{"stage":"publishing"}""", "scope")]
    [InlineData("tickets/" + Id + "/erase", "{}", "reason")]
    [InlineData("failed-events/" + Id + "/change", """{"reason":"x"}""", "value")]
    [InlineData("failed-events/" + Id + "/change", """{"value":"[]","reason":"x"}""", "value")]
    [InlineData("failed-events/" + Id + "/change", """{"value":"{","reason":"x"}""", "value")]
    [InlineData("failed-events/" + Id + "/change", """{"value":"{}"}""", "reason")]
    [InlineData("dead-letters/1/change", """{"value":""}""", "value")]
    public async Task A_body_is_refused_by_field(string path, string body, string field) => Assert.Equal(
        (HttpStatusCode.BadRequest, "validation_error", field), await PostAsync(path, body));

    [Theory]
    [InlineData("actions", "")]
    [InlineData("actions", "null")]
    [InlineData("actions", "[]")]
    [InlineData("actions", "{")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","selection":{"reasons":"typing error"}}""")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","al":true}""")]
    [InlineData("actions", """{"id":"x","kind":"retry","source":"outbox","all":true}""")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","all":"yes"}""")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","all":true,"rate":"10"}""")]
    [InlineData("actions", """{"kind":"retry","source":"outbox","selection":{"since":"monday"}}""")]
    [InlineData("pauses", """{"stage":1}""")]
    [InlineData("tickets/" + Id + "/erase", "7")]
    public async Task A_body_of_another_form_is_refused(string path, string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(path, body)).Status);

    [Theory]
    [InlineData("failed-events/" + Id + "/change", """{"value":"{}","reason":"x"}""", HttpStatusCode.Conflict)]
    [InlineData("dead-letters/77/change", """{"value":"x","reason":"x"}""", HttpStatusCode.Conflict)]
    [InlineData("tickets/" + Id + "/erase", """{"reason":"x"}""", HttpStatusCode.NotFound)]
    [InlineData("actions/" + Id + "/stop", "{}", HttpStatusCode.NotFound)]
    [InlineData("tickets/x/erase", """{"reason":"x"}""", HttpStatusCode.NotFound)]
    public async Task An_action_on_nothing_is_refused(string path, string body, HttpStatusCode status)
    {
        Assert.Equal(status, (await PostAsync(path, body)).Status);
        Assert.DoesNotContain(
            (await fixture.Client.GetAsync("api/actions")).GetProperty("items").EnumerateArray(),
            a => a.GetProperty("kind").GetString() is "change" or "erase");
    }

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_JSON_is_taken(string mediaType, HttpStatusCode status)
    {
        using var content = new StringContent("""{"kind":"retry","source":"outbox","all":true}""");
        content.Headers.ContentType = new(mediaType);

        Assert.Equal(status, (await fixture.Client.RefusedAsync(HttpMethod.Post, "api/actions", content)).Status);
    }

    [Fact]
    public async Task Every_address_of_the_API_is_in_its_document()
    {
        var paths = (await fixture.Client.GetAsync("openapi/v1.json")).GetProperty("paths")
            .EnumerateObject().Select(p => p.Name).ToList();

        Assert.Equal(19, paths.Count);
        Assert.All(paths, path => Assert.StartsWith("/api/", path, StringComparison.Ordinal));
    }

    private async Task<(HttpStatusCode Status, string? Code, string? Field)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await fixture.Client.RefusedAsync(HttpMethod.Post, $"api/{path}", content);
    }
}
