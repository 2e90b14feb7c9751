using System.Security.Cryptography;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API that is configured with an issuer's public key.</summary>
public sealed class BearerTokenTests(BearerTokenApi api) : IClassFixture<BearerTokenApi>
{
    private TicketClient Client => api.Client;

    [Fact]
    public async Task A_request_without_a_token_is_refused_with_a_problem_document()
    {
        var answer = await Client.PostAsync(new { title = "Printer on fire" });

        answer.IsProblem(401, "unauthorized");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task A_request_with_a_valid_token_is_served()
    {
        var answer = await Client.PostAsync(new { title = "Printer on fire" }, api.Bearer());

        Assert.Equal(201, answer.Status);
    }

    /// <summary>Another caller's key is neither a conflict nor a way to somebody else's ticket.</summary>
    [Theory]
    [InlineData("Mine", "Mine")]
    [InlineData("Mine", "Yours")]
    public async Task A_key_belongs_to_the_caller_who_used_it(string mine, string yours)
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var first = await Client.PostAsync(new { title = mine }, key, api.Bearer("me"));
        var other = await Client.PostAsync(new { title = yours }, key, api.Bearer("you"));
        var again = await Client.PostAsync(new { title = mine }, key, api.Bearer("me"));

        Assert.Equal((201, 201), (first.Status, other.Status));
        Assert.NotEqual(first.TextOf("id"), other.TextOf("id"));
        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public async Task A_change_under_anothers_key_is_no_repetition_of_the_others()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var id = (await Client.PostAsync(new { title = "Ours" }, api.Bearer("me"))).TextOf("id");

        var first = await Client.ChangeStatusAsync(id, "in_progress", key, api.Bearer("me"));
        var other = await Client.ChangeStatusAsync(id, "closed", key, api.Bearer("you"));
        var again = await Client.ChangeStatusAsync(id, "in_progress", key, api.Bearer("me"));

        Assert.Equal((200, 200), (first.Status, other.Status));
        Assert.Equal((first.Text, first.Headers.ETag), (again.Text, again.Headers.ETag));
    }

    [Theory]
    [InlineData("servicedesk", "https://another.test", 5)]
    [InlineData("another", BearerTokenApi.Issuer, 5)]
    [InlineData("servicedesk", BearerTokenApi.Issuer, -5)]
    public async Task A_token_for_another_audience_of_another_issuer_or_out_of_date_is_refused(
        string audience, string issuer, int minutesLeft)
    {
        var answer = await Client.PostAsync(
            new { title = "Printer on fire" },
            BearerTokenApi.Bearer(api.Key, audience, issuer, TimeSpan.FromMinutes(minutesLeft)));

        answer.IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        using var foreign = RSA.Create(2048);

        var answer = await Client.PostAsync(new { title = "Printer on fire" }, BearerTokenApi.Bearer(foreign));

        answer.IsProblem(401, "unauthorized");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer not.a.token")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task A_header_that_holds_no_token_is_refused(string header)
    {
        var answer = await Client.PostAsync(new { title = "Printer on fire" }, ("Authorization", header));

        answer.IsProblem(401, "unauthorized");
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Probes_and_metrics_need_no_token(string path) =>
        Assert.Equal(200, (await Client.GetAsync(path)).Status);
}
