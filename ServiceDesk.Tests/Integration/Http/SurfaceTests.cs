using System.Net;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class SurfaceTests(TicketApiFixture api)
{
    [Theory]
    [InlineData("/tickets", 200)]
    [InlineData("/tickets?limit=0", 400)]
    [InlineData("/tickets/not-there", 404)]
    [InlineData("/healthz", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/metrics", 200)]
    [InlineData("/openapi/v1.json", 200)]
    public async Task HEAD_is_answered_as_GET_without_a_body(string path, int status)
    {
        var get = await api.Client.GetAsync(path);
        var head = await api.Client.SendAsync(HttpMethod.Head, path);

        Assert.Equal((status, ""), (head.Status, head.Text));
        Assert.Equal(get.ContentHeaders.ContentType, head.ContentHeaders.ContentType);
        Assert.NotNull(head.RequestId);
    }

    /// <summary>As the documentation says: a slash at the end makes no difference.</summary>
    [Fact]
    public async Task A_slash_at_the_end_leads_to_the_same()
    {
        var created = await api.Client.SendAsync(
            HttpMethod.Post, "/tickets/", new StringContent(
                """{"title":"Printer on fire"}""", System.Text.Encoding.UTF8, "application/json"));
        var id = created.TextOf("id");

        Assert.Equal((201, $"/tickets/{id}"), (created.Status, created.Headers.Location!.OriginalString));
        Assert.Equal(created.Text, (await api.Client.GetAsync($"/tickets/{id}/")).Text);
        Assert.Equal(200, (await api.Client.ChangeStatusAsync($"{id}/", "closed")).Status);
        var list = await api.Client.GetAsync("/tickets?limit=1");
        Assert.Equal(list.Text, (await api.Client.GetAsync("/tickets/?limit=1")).Text);
        (await api.Client.GetAsync("/tickets//")).IsProblem(404, "not_found");
    }

    [Theory]
    [InlineData("/healthz", "/alive")]
    [InlineData("/readyz", "/health")]
    public async Task Health_answers_under_the_names_of_Kubernetes_and_of_Aspire(string kubernetes, string aspire)
    {
        var (expected, answer) = (await api.Client.GetAsync(kubernetes), await api.Client.GetAsync(aspire));

        Assert.Equal((200, expected.Text), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task A_ready_service_says_so_for_each_of_its_checks()
    {
        var (status, body) = await api.Process.ReadinessAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"status":"ok","checks":{"postgres":"ok"}}""", body);
    }

    [Fact]
    public async Task Metrics_tell_of_requests_connections_and_the_runtime()
    {
        await api.Client.CreateAsync();

        var metrics = await api.Process.MetricsAsync();

        metrics.HasAtLeast(
            1, "http_server_request_duration_seconds_count", ("http_request_method", "POST"),
            ("http_response_status_code", "201"));
        metrics.HasAtLeast(1, "kestrel_active_connections");
        metrics.HasAtLeast(1, "dotnet_process_memory_working_set_bytes");
        metrics.HasAtLeast(1, "db_client_connection_max");
    }

    [Fact]
    public async Task A_failure_of_ours_is_logged_in_json_with_its_request_id_and_tells_the_caller_nothing()
    {
        await api.Database.ExecuteAsync("ALTER TABLE tickets ADD CONSTRAINT test CHECK (title <> 'Refuse me')");
        var answer = await api.Client.PostAsync(new { title = "Refuse me" }, ("X-Request-Id", "logged-1"));
        await api.Database.ExecuteAsync("ALTER TABLE tickets DROP CONSTRAINT test");

        answer.IsProblem(500, "internal_error");
        Assert.DoesNotContain("constraint", answer.Text, StringComparison.OrdinalIgnoreCase);
        await api.Process.Output.LineAsync("the failure", line => line.Contains("logged-1", StringComparison.Ordinal));
        var line = Assert.Single(
            api.Process.Log("Answered 500"), l => l.ToString().Contains("logged-1", StringComparison.Ordinal));
        Assert.Contains(line.GetProperty("Scopes").EnumerateArray(),
            scope => scope.TryGetProperty("request_id", out var id) && id.GetString() == "logged-1");
    }
}
