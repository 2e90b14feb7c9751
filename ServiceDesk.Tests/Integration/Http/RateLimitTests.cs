using System.Globalization;
using ServiceDesk.Tests.Contracts;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API with tokens that lets each caller send five requests in an hour.</summary>
public sealed class LimitedApi : BearerTokenApi
{
    protected override (string Name, string Value)[] Settings =>
        [.. base.Settings, ("RateLimit__Requests", "5"), ("RateLimit__Window", "01:00:00")];
}

public sealed class RateLimitTests(LimitedApi api) : IClassFixture<LimitedApi>
{
    private (string Name, string Value) Token(string subject) => api.Bearer(subject);

    [Fact]
    public async Task A_caller_who_has_used_up_its_requests_is_refused_and_others_are_served()
    {
        var answers = new List<Answer>();
        for (var n = 0; n < 6; n++)
        {
            answers.Add(await api.Client.PostAsync(new { title = "Printer on fire" }, Token("eager")));
        }

        Assert.All(answers.Take(5), a => Assert.Equal(201, a.Status));
        Assert.Equal(
            ["4", "3", "2", "1", "0", "0"],
            answers.Select(a => a.Headers.GetValues("RateLimit").Single().Split(';')[1][2..]));
        Assert.All(answers, a => Assert.Equal(["\"caller\";q=5;w=3600"], a.Headers.GetValues("RateLimit-Policy")));
        answers[5].IsProblem(429, "too_many_requests");
        // One request comes back every 720 s.
        Assert.InRange(answers[5].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 700, 721);
        Assert.Equal(5, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM tickets WHERE title = 'Printer on fire'"));
        Assert.Equal(201, (await api.Client.PostAsync(new { title = "Another's" }, Token("patient"))).Status);
    }

    [Fact]
    public async Task Every_operation_is_limited_and_its_refusal_is_documented()
    {
        await UseUpAsync("reader");

        foreach (var operation in OpenApiDocument.Current.Operations)
        {
            var answer = await new ApiRequest(operation) { Body = operation.Bodies.Any() ? "{}" : null }
                .SendAsync(api.Client, Guid.NewGuid().ToString(), Token("reader"));

            answer.IsProblem(429, "too_many_requests");
            operation.Fits(answer);
        }
    }

    /// <summary>Guessing tokens is limited, too; health and metrics are not.</summary>
    [Fact]
    public async Task Unknown_callers_are_limited_by_their_address()
    {
        var statuses = new List<int>();
        for (var n = 0; n < 6; n++)
        {
            statuses.Add((await api.Client.GetAsync("/tickets")).Status);
        }

        Assert.Equal([401, 401, 401, 401, 401, 429], statuses);
        Assert.Equal(200, (await api.Client.GetAsync("/healthz")).Status);
        Assert.Equal(200, (await api.Client.GetAsync("/metrics")).Status);
        Assert.Equal(201, (await api.Client.PostAsync(new { title = "Known" }, Token("known"))).Status);
    }

    [Fact]
    public async Task What_is_left_says_when_it_is_whole_again()
    {
        var answer = await api.Client.GetAsync("/tickets", Token("once"));

        var reset = answer.Headers.GetValues("RateLimit").Single().Split(";t=")[1];
        Assert.Equal(720, int.Parse(reset, CultureInfo.InvariantCulture));
        OpenApiDocument.Current.Operation("ListTickets").Fits(answer);
    }

    private async Task UseUpAsync(string subject)
    {
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal(200, (await api.Client.GetAsync("/tickets", Token(subject))).Status);
        }
    }
}

/// <summary>An API whose limit is soon over.</summary>
public sealed class BrieflyLimitedApi : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings =>
        [("RateLimit__Requests", "2"), ("RateLimit__Window", "00:00:02")];
}

public sealed class BriefRateLimitTests(BrieflyLimitedApi api) : IClassFixture<BrieflyLimitedApi>
{
    [Fact]
    public async Task After_Retry_After_a_caller_is_served_again()
    {
        var refused = await Eventually.SeesAsync(
            "a refusal", () => api.Client.GetAsync("/tickets"), answer => answer.Status == 429);

        await Task.Delay(refused.Headers.RetryAfter!.Delta!.Value);

        Assert.Equal(200, (await api.Client.GetAsync("/tickets")).Status);
    }
}

[Collection(TicketApiTests.Name)]
public sealed class NoRateLimitTests(TicketApiFixture api)
{
    [Fact]
    public async Task Nobody_is_limited_by_default_and_no_header_speaks_of_it()
    {
        var answer = await api.Client.GetAsync("/tickets");

        Assert.False(answer.Headers.Contains("RateLimit"));
        Assert.False(answer.Headers.Contains("RateLimit-Policy"));
    }
}
