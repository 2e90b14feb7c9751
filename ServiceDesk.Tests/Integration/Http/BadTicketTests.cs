using System.Net.Http.Headers;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class BadTicketTests(TicketApiFixture api)
{
    public static TheoryData<string, string, string?> BadBodies => new()
    {
        { "{}", "validation_error", "title" },
        { """{"title":null}""", "validation_error", "title" },
        { """{"title":""}""", "validation_error", "title" },
        { """{"title":"ab"}""", "validation_error", "title" },
        { """{"title":"   a   "}""", "validation_error", "title" },
        { """{"title":" \t\n\u00a0\u2003 "}""", "validation_error", "title" },
        { $$"""{"title":"{{new string('x', 201)}}"}""", "validation_error", "title" },
        { $$"""{"title":"abc","description":"{{new string('x', 5001)}}"}""", "validation_error", "description" },
        { """{"title":"abc\u0000def"}""", "validation_error", "title" },
        { """{"title":"abc","description":"\u0000"}""", "validation_error", "description" },
        { """{"title":"abc","colour":1}""", "validation_error", "colour" },
        { """{"title":"abc","status":"closed"}""", "validation_error", "status" },
        { """{"Title":"abc"}""", "validation_error", "Title" },
        { """{"title":"abc","title":"abd"}""", "invalid_json", null },
        { """{"title":"abc","x":1,"x":2}""", "invalid_json", null },
        { """{"title":5}""", "invalid_json", null },
        { """{"title":{}}""", "invalid_json", null },
        { """{"title":"abc","description":["x"]}""", "invalid_json", null },
        { """{"title":"lone \ud800 surrogate"}""", "invalid_json", null },
        { """{"title":"lone \udc00 surrogate"}""", "invalid_json", null },
        { """{"title":"abc","\ud800":1}""", "invalid_json", null },
        { $$"""{"title":"abc","deep":{{new string('[', 1000)}}{{new string(']', 1000)}}}""", "invalid_json", null },
        { new string('[', 100_000), "invalid_json", null },
        { string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), "invalid_json", null },
        { "", "invalid_json", null },
        { " \r\n ", "invalid_json", null },
        { "null", "invalid_json", null },
        { "[]", "invalid_json", null },
        { "\"abc\"", "invalid_json", null },
        { "42", "invalid_json", null },
        { "{", "invalid_json", null },
        { """{"title":"abc"}x""", "invalid_json", null },
        { """{"title":"abc"}{"title":"abc"}""", "invalid_json", null },
        { """{"title":"abc",}""", "invalid_json", null },
        { """{title:"abc"}""", "invalid_json", null },
        { """{"title":"abc"/* comment */}""", "invalid_json", null },
        { "{\"title\":\"raw\nnewline\"}", "invalid_json", null },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_body_that_breaks_a_rule_is_refused_by_name_and_nothing_is_saved(
        string body, string code, string? field)
    {
        var before = await SavedAsync();

        var answer = await api.Client.PostJsonAsync(body);

        answer.IsProblem(400, code, field);
        Assert.Equal(before, await SavedAsync());
    }

    [Theory]
    [InlineData("7B227469746C65223A22FFFE616263227D")]
    [InlineData("7B227469746C65223A22EDA080616263227D")]
    public async Task Bytes_that_are_no_UTF8_are_refused(string body)
    {
        using var content = new ByteArrayContent(Convert.FromHexString(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await api.Client.SendAsync(HttpMethod.Post, "/tickets", content)).IsProblem(400, "invalid_json");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task A_body_of_another_media_type_is_refused_with_415(string? mediaType)
    {
        var before = await SavedAsync();
        using var content = new ByteArrayContent("""{"title":"abc"}"""u8.ToArray());
        content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);

        (await api.Client.SendAsync(HttpMethod.Post, "/tickets", content)).IsProblem(
            415, "unsupported_media_type", "Content-Type");
        Assert.Equal(before, await SavedAsync());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    public async Task Json_is_taken_however_its_media_type_is_spelt(string mediaType)
    {
        using var content = new ByteArrayContent("""{"title":"abc"}"""u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);

        Assert.Equal(201, (await api.Client.SendAsync(HttpMethod.Post, "/tickets", content)).Status);
    }

    private Task<long> SavedAsync() =>
        api.Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM tickets) + (SELECT count(*) FROM outbox)");
}
