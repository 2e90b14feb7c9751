using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>ETag, If-Match and If-None-Match: nobody overwrites what they have not seen.</summary>
[Collection(TicketApiTests.Name)]
public sealed class ConditionalRequestTests(TicketApiFixture api)
{
    [Fact]
    public async Task Every_answer_with_a_ticket_carries_its_version_as_ETag()
    {
        var created = await api.Client.PostAsync(new { title = "Printer on fire" });
        var id = created.TextOf("id");
        var changed = await api.Client.ChangeStatusAsync(id, "in_progress");
        var read = await api.Client.GetAsync($"/tickets/{id}");

        Assert.Equal(["\"1\"", "\"2\"", "\"2\""], new[] { created, changed, read }.Select(a => a.Headers.ETag!.Tag));
    }

    [Theory]
    [InlineData("\"1\"", 200)]
    [InlineData("\"7\", \"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"2\"", 412)]
    [InlineData("W/\"1\"", 412)]
    [InlineData("1", 400)]
    [InlineData("\"1", 400)]
    public async Task A_change_is_made_to_the_version_that_the_caller_saw_or_not_at_all(string ifMatch, int status)
    {
        var id = await api.Client.CreateAsync();

        var answer = await api.Client.ChangeStatusAsync(id, "closed", ("If-Match", ifMatch));

        Assert.True(answer.Status == status, answer.Text);
        Assert.Equal(status == 200 ? "closed" : "open", (await api.Client.GetAsync($"/tickets/{id}")).TextOf("status"));
        if (status == 412)
        {
            answer.IsProblem(412, "precondition_failed", "If-Match");
        }
    }

    [Fact]
    public async Task Of_50_callers_who_saw_the_same_version_one_changes_the_ticket_and_the_others_learn_of_it()
    {
        var id = await api.Client.CreateAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n =>
            api.Client.ChangeStatusAsync(id, n % 2 == 0 ? "in_progress" : "resolved", ("If-Match", "\"1\""))));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.IsProblem(412, "precondition_failed", "If-Match"));
        Assert.Equal("\"2\"", (await api.Client.GetAsync($"/tickets/{id}")).Headers.ETag!.Tag);
        Assert.Equal(2, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE aggregate_id = $1", Guid.Parse(id)));
    }

    [Theory]
    [InlineData("\"1\"", 304)]
    [InlineData("W/\"1\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"2\"", 200)]
    [InlineData("nonsense", 200)]
    public async Task What_the_caller_has_already_is_not_sent_again(string ifNoneMatch, int status)
    {
        var id = await api.Client.CreateAsync();

        var answer = await api.Client.SendAsync(HttpMethod.Get, $"/tickets/{id}", null, ("If-None-Match", ifNoneMatch));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 304, answer.Text.Length == 0);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task A_merge_patch_is_taken_too()
    {
        var id = await api.Client.CreateAsync();
        using var patch = new StringContent(
            """{"status":"closed"}""", System.Text.Encoding.UTF8, "application/merge-patch+json");

        Assert.Equal(200, (await api.Client.SendAsync(HttpMethod.Patch, $"/tickets/{id}", patch)).Status);
    }

    [Fact]
    public async Task A_page_links_to_the_next_one()
    {
        await api.Client.CreateAsync();
        await api.Client.CreateAsync();

        var page = await api.Client.GetAsync("/tickets?limit=1&status=open");
        var link = page.Headers.GetValues("Link").Single();

        Assert.Equal($"</tickets?limit=1&cursor={page.TextOf("next_cursor")}&status=open>; rel=\"next\"", link);
        Assert.Equal(200, (await api.Client.GetAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)])).Status);
    }

    [Theory]
    [InlineData("/tickets", "GET, HEAD, OPTIONS, POST")]
    [InlineData("/tickets/0198c0de-0000-7000-8000-000000000000", "GET, HEAD, OPTIONS, PATCH")]
    public async Task OPTIONS_tells_what_there_is(string path, string allowed)
    {
        var answer = await api.Client.SendAsync(HttpMethod.Options, path);

        Assert.Equal(204, answer.Status);
        Assert.Equal(allowed, string.Join(", ", answer.ContentHeaders.Allow.Order()));
    }
}

/// <summary>An API that demands If-Match.</summary>
public sealed class StrictApi : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings => [("Api__RequireIfMatch", "true")];
}

public sealed class RequiredPreconditionTests(StrictApi api) : IClassFixture<StrictApi>
{
    [Fact]
    public async Task A_change_without_a_precondition_is_refused_where_one_is_demanded()
    {
        var id = await api.Client.CreateAsync();

        (await api.Client.ChangeStatusAsync(id, "closed")).IsProblem(428, "precondition_required", "If-Match");
        Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, "closed", ("If-Match", "\"1\""))).Status);
    }
}
