using System.Net.Http.Headers;
using System.Text.Json;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>An answer over HTTP, read to its end.</summary>
/// <param name="Status">The status as a number.</param>
/// <param name="Headers">All but those of the content.</param>
/// <param name="ContentHeaders">Those of the content.</param>
/// <param name="Text">The body as it came.</param>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    private static readonly string[] ProblemMembers = ["type", "title", "status", "detail", "code", "request_id"];

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? ContentType => ContentHeaders.ContentType?.MediaType;

    public string? RequestId => Headers.TryGetValues("X-Request-Id", out var values) ? values.Single() : null;

    public string TextOf(string member) => Json.GetProperty(member).GetString()!;

    /// <summary>The one shape of every error.</summary>
    public void IsProblem(int status, string code, string? field = null)
    {
        Assert.True(Status == status, $"expected {status} {code}, got {Status}: {Text}");
        Assert.Equal("application/problem+json", ContentType);
        string[] members = field is null ? ProblemMembers : [.. ProblemMembers, "field"];
        Assert.True(
            members.SequenceEqual(Json.EnumerateObject().Select(m => m.Name)),
            $"expected {string.Join(", ", members)}, got {Text}");
        Assert.Equal($"/problems/{code}", TextOf("type"));
        Assert.NotEmpty(TextOf("title"));
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(TextOf("detail"));
        Assert.Equal(code, TextOf("code"));
        if (field is not null)
        {
            Assert.Equal(field, TextOf("field"));
        }

        Assert.NotNull(RequestId);
        Assert.Equal(RequestId, TextOf("request_id"));
    }
}
