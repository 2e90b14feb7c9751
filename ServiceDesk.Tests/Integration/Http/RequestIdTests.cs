using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class RequestIdTests(TicketApiFixture api)
{
    [Theory]
    [InlineData("/tickets")]
    [InlineData("/nothing")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task The_callers_request_id_is_on_every_answer(string path)
    {
        var answer = await api.Client.SendAsync(HttpMethod.Get, path, content: null, ("X-Request-Id", "abc-123.XYZ:7"));

        Assert.Equal("abc-123.XYZ:7", answer.RequestId);
    }

    [Theory]
    [InlineData("/tickets")]
    [InlineData("/nothing")]
    [InlineData("/healthz")]
    public async Task A_request_without_an_id_gets_one_of_its_own(string path)
    {
        var first = await api.Client.GetAsync(path);
        var second = await api.Client.GetAsync(path);

        Assert.True(Guid.TryParse(first.RequestId, out _));
        Assert.NotEqual(first.RequestId, second.RequestId);
    }

    public static TheoryData<string> Unusable => ["", " ", "with space", "tab\tbed", new string('x', 129)];

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_id_that_could_not_go_into_a_log_is_replaced(string given)
    {
        var answer = await api.Client.SendAsync(HttpMethod.Get, "/nothing", content: null, ("X-Request-Id", given));

        answer.IsProblem(404, "not_found");
        Assert.True(Guid.TryParse(answer.RequestId, out _), answer.RequestId);
    }

    [Fact]
    public async Task The_longest_usable_id_is_kept_up_to_the_event()
    {
        var id = new string('i', 128);
        var created = await api.Client.PostAsync(new { title = "Long request id" }, ("X-Request-Id", id));

        Assert.Equal(id, created.RequestId);
        Assert.Equal(id, await api.Database.ScalarAsync<string>(
            "SELECT headers->>'request_id' FROM outbox WHERE aggregate_id = $1", Guid.Parse(created.TextOf("id"))));
    }
}
