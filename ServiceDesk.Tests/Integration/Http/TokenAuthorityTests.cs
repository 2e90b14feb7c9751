using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

public sealed class TokenAuthorityTests(ServersFixture servers) : IClassFixture<ServersFixture>
{
    [Fact]
    public async Task An_authority_that_is_away_at_the_start_is_no_reason_to_call_a_token_bad()
    {
        await using var authority = new TokenAuthority();
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var process = await system.StartTicketApiAsync(
            ("Auth__Authority", authority.Address), ("SSL_CERT_FILE", authority.CertificateFile));
        var api = new TicketClient(process.Http);
        Task<Answer> PostAsync() => api.PostAsync(
            new { title = "Printer on fire" }, ("Authorization", $"Bearer {authority.CreateToken()}"));

        Assert.Equal(0, (await process.MetricsAsync()).Sum("auth_authority_unavailable_total"));
        foreach (var answer in new[] { await PostAsync(), await PostAsync() })
        {
            answer.IsProblem(503, "authority_unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        (await api.PostAsync(new { title = "Printer on fire" })).IsProblem(401, "unauthorized");
        // A scrape soon after the one before gets the same page.
        await Eventually.SeesAsync(
            "both are counted", process.MetricsAsync, m => m.Sum("auth_authority_unavailable_total") == 2);
        Assert.Equal("Error", Assert.Single(process.Log("The keys of")).GetProperty("LogLevel").GetString());

        await authority.StartAsync();

        await Eventually.SeesAsync("the token is accepted", PostAsync, answer => answer.Status == 201);
    }
}
