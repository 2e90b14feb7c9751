using System.Text.Json;
using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Integration.Http;
using ServiceDesk.TicketApi.Http;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The document says what the API does: all of it, and with examples that are true.</summary>
[Collection(TicketApiTests.Name)]
public sealed class OpenApiTests(TicketApiFixture api)
{
    private const string AnyTicket = "01a2031a-5887-7a82-94ff-929bd03fc32b";

    private static readonly Problem[] Examples =
    [
        Problems.Validation("title", "is required"), Problems.InvalidJson("The body must be a JSON object, not null."),
        Problems.ForStatus(400), Problems.ForStatus(401), Problems.ForStatus(403), Problems.NoTicket(AnyTicket),
        Problems.TooSlow, Problems.InvalidTransition("closed", "open"), Problems.Stale(2), Problems.TooLarge,
        Problems.MediaType, Problems.KeyReused, Problems.PreconditionRequired, Problems.Unexpected,
        Problems.DatabaseUnavailable, Problems.AuthorityUnavailable, Problems.Overloaded,
        Problems.TooManyRequests(TimeSpan.FromSeconds(1)),
    ];

    private static OpenApiDocument Document => OpenApiDocument.Current;

    [Fact]
    public async Task The_API_serves_the_file_of_the_repository()
    {
        var answer = await api.Client.GetAsync("/openapi/v1.json");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(await File.ReadAllTextAsync(OpenApiDocument.Path), answer.Text);
    }

    [Fact]
    public async Task Every_route_takes_the_methods_of_the_document_and_no_other()
    {
        foreach (var path in Document.Operations.GroupBy(o => o.Path))
        {
            var answer = await api.Client.SendAsync(
                HttpMethod.Options, path.Key.Replace("{id}", AnyTicket, StringComparison.Ordinal));

            Assert.Equal(
                path.Select(o => o.Method.ToUpperInvariant()).Concat(["HEAD", "OPTIONS"]).Order(),
                answer.ContentHeaders.Allow.Order());
        }
    }

    [Fact]
    public void Everything_is_described_and_has_an_example()
    {
        Assert.All(Document.Operations, operation =>
        {
            Assert.NotEmpty(operation.Node["summary"]!.GetValue<string>());
            Assert.NotEmpty(operation.Node["description"]!.GetValue<string>());
            Assert.All(operation.Parameters, p => Assert.NotNull(p["example"] ?? p["description"]));
            Assert.All(operation.Bodies, b => Assert.NotEmpty(b.Value!["examples"]!.AsObject()));
            Assert.All(operation.Responses, r =>
            {
                Assert.NotEmpty(r.Response["description"]!.GetValue<string>());
                Assert.All((JsonObject?)r.Response["content"] ?? [], c =>
                    Assert.NotEmpty(c.Value!["examples"]!.AsObject()));
            });
        });
    }

    [Fact]
    public void Every_example_fits_its_schema()
    {
        var checks =
            from operation in Document.Operations
            from content in operation.Bodies.Concat(
                operation.Responses.SelectMany(r => (JsonObject?)r.Response["content"] ?? []))
            from example in content.Value!["examples"]!.AsObject()
            select ($"{operation.Id} {example.Key}", content.Value!["schema"]!, example.Value!["value"]!);
        var components = Document.Root["components"]!;
        var single =
            from part in components["parameters"]!.AsObject().Concat(components["headers"]!.AsObject())
            select (part.Key, part.Value!["schema"]!, part.Value!["example"]!);

        Assert.All(checks.Concat(single), check =>
        {
            var errors = Document.Errors(check.Item2, JsonSerializer.SerializeToElement(check.Item3));
            Assert.True(errors == "", $"{check.Item1}: {errors}");
        });
    }

    /// <summary>Every problem that the API can answer a request of the document with, word by word.</summary>
    [Fact]
    public void Every_problem_is_an_example_of_its_status()
    {
        var shown =
            from response in Document.Root["components"]!["responses"]!.AsObject()
            from example in response.Value!["content"]!["application/problem+json"]!["examples"]!.AsObject()
            select example.Value!["value"]!;

        Assert.Equal(
            Examples.Select(p => Normalized(JsonSerializer.Serialize(
                p.Describe(shown.First()["request_id"]!.GetValue<string>()), TicketJson.Default.ProblemDocument)))
                .Order(),
            shown.Select(e => Normalized(e.ToJsonString())).Order());
    }

    [Fact]
    public async Task Every_example_of_a_request_succeeds_and_is_answered_as_documented()
    {
        foreach (var operation in Document.Operations)
        {
            var bodies = operation.Bodies.SelectMany(b => b.Value!["examples"]!.AsObject().Select(e =>
                new ApiRequest(operation) { MediaType = b.Key, Body = e.Value!["value"]!.ToJsonString() })).ToList();
            var first = bodies.Count > 0 ? bodies[0] : new ApiRequest(operation);
            // Each optional parameter alone, so that none depends on another.
            var parameters = operation.Parameters.Where(p => p["in"]!.GetValue<string>() != "path")
                .Select(p => first with { Parameters = [(p, p["example"]!.ToString())] });
            foreach (var request in bodies.Append(first).Concat(parameters))
            {
                var answer = await request.SendAsync(api.Client, await api.Client.CreateAsync());

                operation.Fits(answer);
                Assert.InRange(answer.Status, 200, 299);
            }
        }
    }

    [Theory]
    [InlineData("GetTicket", 304, null, "If-None-Match", "\"1\"")]
    [InlineData("GetTicket", 404, null, "id", AnyTicket)]
    [InlineData("ListTickets", 200, null, "limit", "1")]
    [InlineData("ListTickets", 400, null, "limit", "201")]
    [InlineData("ListTickets", 400, null, "status", "OPEN")]
    [InlineData("CreateTicket", 400, "{}", null, null)]
    [InlineData("CreateTicket", 400, "null", null, null)]
    [InlineData("CreateTicket", 400, """{"title":"abc"}""", "Idempotency-Key", "\"\\x\"")]
    [InlineData("CreateTicket", 415, "text", "Content-Type", "text/plain")]
    [InlineData("CreateTicket", 413, "large", null, null)]
    [InlineData("ChangeTicketStatus", 400, """{"status":"closed"}""", "Idempotency-Key", "\"\\x\"")]
    [InlineData("ChangeTicketStatus", 404, """{"status":"closed"}""", "id", AnyTicket)]
    [InlineData("ChangeTicketStatus", 409, """{"status":"open"}""", null, null)]
    [InlineData("ChangeTicketStatus", 412, """{"status":"closed"}""", "If-Match", "\"7\"")]
    [InlineData("ChangeTicketStatus", 413, "large", null, null)]
    [InlineData("ChangeTicketStatus", 415, "text", "Content-Type", "text/plain")]
    public async Task What_else_can_come_is_documented(
        string operationId, int status, string? body, string? parameter, string? value)
    {
        await api.Client.CreateAsync();
        var operation = Document.Operation(operationId);
        var known = operation.Parameters.SingleOrDefault(p => p["name"]!.GetValue<string>() == parameter);
        var answer = await new ApiRequest(operation)
        {
            Body = body == "large" ? $"\"{new string('x', 1 << 21)}\"" : body,
            MediaType = parameter == "Content-Type" ? value! : "application/json",
            Parameters = known is null ? [] : [(known, value!)],
        }.SendAsync(api.Client, await api.Client.CreateAsync());

        operation.Fits(answer);
        Assert.Equal(status, answer.Status);
    }

    private static string Normalized(string json) => JsonSerializer.Serialize(
        JsonNode.Parse(json)!.AsObject().OrderBy(m => m.Key).Select(m => $"{m.Key}={m.Value}"));
}
