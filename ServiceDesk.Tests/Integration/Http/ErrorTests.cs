using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class ErrorTests(TicketApiFixture api)
{
    [Theory]
    [InlineData("/nothing")]
    [InlineData("/")]
    [InlineData("/tickets/0198c0de-0000-7000-8000-000000000000")]
    [InlineData("/tickets/not-a-uuid")]
    [InlineData("/tickets/42")]
    [InlineData("/tickets/0198c0de00007000800000000000000")]
    [InlineData("/tickets/{0198c0de-0000-7000-8000-000000000000}")]
    [InlineData("/tickets/'%20OR%201=1")]
    public async Task What_does_not_exist_is_answered_with_404(string path) =>
        (await api.Client.GetAsync(path)).IsProblem(404, "not_found");

    [Theory]
    [InlineData("not-a-uuid")]
    [InlineData("0198c0de-0000-7000-8000-000000000000")]
    public async Task A_ticket_that_does_not_exist_cannot_be_changed(string id) =>
        (await api.Client.ChangeStatusAsync(id, "closed")).IsProblem(404, "not_found");

    [Theory]
    [InlineData("DELETE", "/tickets", "GET, POST")]
    [InlineData("PUT", "/tickets", "GET, POST")]
    [InlineData("POST", "/tickets/0198c0de-0000-7000-8000-000000000000", "GET, PATCH")]
    [InlineData("DELETE", "/tickets/0198c0de-0000-7000-8000-000000000000", "GET, PATCH")]
    public async Task A_method_that_is_not_there_is_answered_with_405_and_those_that_are(
        string method, string path, string allowed)
    {
        var answer = await api.Client.SendAsync(new HttpMethod(method), path);

        answer.IsProblem(405, "method_not_allowed");
        Assert.Equal(allowed, string.Join(", ", answer.ContentHeaders.Allow.Order()));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("limit=1.5", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=!!!!!!!!!!!!!!!!!!!!!!", "cursor")]
    [InlineData("cursor=0198c0de-0000-7000-8000-000000000000", "cursor")]
    [InlineData("status=unknown", "status")]
    [InlineData("status=OPEN", "status")]
    [InlineData("status=", "status")]
    public async Task A_bad_query_is_refused_by_name(string query, string field) =>
        (await api.Client.GetAsync($"/tickets?{query}")).IsProblem(400, "validation_error", field);

    [Theory]
    [InlineData("""{"status":"done"}""", "validation_error", "status")]
    [InlineData("""{"status":null}""", "validation_error", "status")]
    [InlineData("""{}""", "validation_error", "status")]
    [InlineData("""{"status":"closed","title":"x"}""", "validation_error", "title")]
    [InlineData("""{"status":1}""", "invalid_json", null)]
    [InlineData("", "invalid_json", null)]
    [InlineData("null", "invalid_json", null)]
    public async Task A_bad_change_is_refused_by_name_and_changes_nothing(string body, string code, string? field)
    {
        var id = await api.Client.CreateAsync();

        (await api.Client.PatchJsonAsync(id, body)).IsProblem(400, code, field);
        Assert.Equal("open", (await api.Client.GetAsync($"/tickets/{id}")).TextOf("status"));
    }

    [Fact]
    public async Task A_change_of_another_media_type_is_refused_with_415()
    {
        using var content = new StringContent("closed");

        (await api.Client.SendAsync(HttpMethod.Patch, $"/tickets/{await api.Client.CreateAsync()}", content))
            .IsProblem(415, "unsupported_media_type", "Content-Type");
    }
}
