using System.Net.Http.Headers;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.Tests.Faults.BadInput;

/// <summary>P7: no request makes the API fail with 5xx, and every refusal is a problem document.</summary>
[Collection(TicketApiTests.Name)]
public sealed class HttpPropertyTests(TicketApiFixture api)
{
    private const int Times = 300;

    private static IEnumerable<string> MembersOf<T>() =>
        typeof(T).GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    [Fact]
    public Task No_body_of_a_create_is_answered_with_5xx() => Property.HoldsAsync(
        Inputs.Damaged(Inputs.ObjectWith([.. MembersOf<CreateTicketRequest>(), "title", "status", "\\ud800", ""])),
        Times,
        body => IsAnsweredAsync(HttpMethod.Post, "/tickets", body));

    [Fact]
    public async Task No_body_of_a_change_is_answered_with_5xx()
    {
        var ticket = await api.Client.CreateAsync();

        await Property.HoldsAsync(
            Inputs.Damaged(Inputs.ObjectWith([.. MembersOf<ChangeStatusRequest>(), "title", "Status"])), Times,
            body => IsAnsweredAsync(HttpMethod.Patch, $"/tickets/{ticket}", body));
    }

    [Fact]
    public Task Bytes_that_are_no_json_are_not_answered_with_5xx() =>
        Property.HoldsAsync(Inputs.Bytes, Times, body => IsAnsweredAsync(HttpMethod.Post, "/tickets", body));

    [Fact]
    public Task No_address_is_answered_with_5xx() => Property.HoldsAsync(
        Inputs.Text.Four(), Times, async texts =>
        {
            var (path, status, limit, cursor) = texts;
            var answer = await api.Client.GetAsync(
                $"/tickets/{Uri.EscapeDataString(path)}?x={Uri.EscapeDataString(status)}");
            Assert.InRange(answer.Status, 200, 499);
            IsProblemOrFine(await api.Client.GetAsync(
                $"/tickets?status={Uri.EscapeDataString(status)}&limit={Uri.EscapeDataString(limit)}"
                + $"&cursor={Uri.EscapeDataString(cursor)}"));
        });

    [Fact]
    public Task No_header_is_answered_with_5xx() => Property.HoldsAsync(
        Visible.Four(), Times, async values =>
        {
            var (key, request, trace, state) = values;
            IsProblemOrFine(await api.Client.PostAsync(new { title = "Any title" },
                ("Idempotency-Key", key), ("X-Request-Id", request), ("traceparent", trace), ("tracestate", state)));
        });

    /// <summary>What an HTTP client lets through.</summary>
    private static Gen<string> Visible =>
        Inputs.Text.Select(text => new string([.. text.Where(c => c is >= ' ' and < '\x7f')]));

    private async Task IsAnsweredAsync(HttpMethod method, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        IsProblemOrFine(await api.Client.SendAsync(method, path, content));
    }

    private static void IsProblemOrFine(Answer answer)
    {
        Assert.InRange(answer.Status, 200, 499);
        if (answer.Status >= 400)
        {
            Assert.Equal("application/problem+json", answer.ContentType);
            Assert.NotEmpty(answer.TextOf("code"));
        }
    }
}
