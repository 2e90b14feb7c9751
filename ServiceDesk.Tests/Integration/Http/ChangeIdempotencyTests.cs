using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>A PATCH with an Idempotency-Key: one effect, and the same answer to every repetition.</summary>
[Collection(TicketApiTests.Name)]
public sealed class ChangeIdempotencyTests(TicketApiFixture api)
{
    private readonly (string Name, string Value) _key = ("Idempotency-Key", Guid.NewGuid().ToString());

    [Fact]
    public async Task The_same_key_and_body_give_the_same_answer_again_whatever_happened_since()
    {
        var id = await api.Client.CreateAsync();
        var first = await api.Client.ChangeStatusAsync(id, "in_progress", _key);
        await api.Client.ChangeStatusAsync(id, "closed");

        var again = await api.Client.ChangeStatusAsync(id, "in_progress", _key);

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.Equal((first.Text, first.Headers.ETag), (again.Text, again.Headers.ETag));
        Assert.Equal("\"2\"", again.Headers.ETag!.Tag);
        Assert.Equal(["open", "in_progress", "closed"], await StatusesAsync(id));
        Assert.Equal("closed", (await api.Client.GetAsync($"/tickets/{id}")).TextOf("status"));
    }

    [Fact]
    public async Task A_repetition_meets_its_own_change_and_not_its_precondition()
    {
        var id = await api.Client.CreateAsync();
        var first = await api.Client.ChangeStatusAsync(id, "resolved", _key, ("If-Match", "\"1\""));

        var again = await api.Client.ChangeStatusAsync(id, "resolved", _key, ("If-Match", "\"1\""));

        Assert.Equal((200, 200, first.Text), (first.Status, again.Status, again.Text));
    }

    [Fact]
    public async Task Without_a_key_a_repetition_is_another_request()
    {
        var id = await api.Client.CreateAsync();

        Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, "resolved")).Status);
        (await api.Client.ChangeStatusAsync(id, "resolved")).IsProblem(409, "invalid_transition", "status");
    }

    [Fact]
    public async Task A_key_that_belongs_to_another_change_is_refused_with_422()
    {
        var (id, other) = (await api.Client.CreateAsync(), await api.Client.CreateAsync());
        await api.Client.ChangeStatusAsync(id, "in_progress", _key);

        (await api.Client.ChangeStatusAsync(id, "closed", _key))
            .IsProblem(422, "idempotency_key_reused", "Idempotency-Key");
        (await api.Client.ChangeStatusAsync(other, "in_progress", _key))
            .IsProblem(422, "idempotency_key_reused", "Idempotency-Key");

        Assert.Equal(["open", "in_progress"], await StatusesAsync(id));
        Assert.Equal(["open"], await StatusesAsync(other));
    }

    [Fact]
    public async Task A_change_that_was_refused_does_not_use_up_its_key()
    {
        var id = await api.Client.CreateAsync();
        (await api.Client.ChangeStatusAsync(id, "closed", _key, ("If-Match", "\"7\"")))
            .IsProblem(412, "precondition_failed", "If-Match");
        (await api.Client.ChangeStatusAsync(id, "open", _key)).IsProblem(409, "invalid_transition", "status");

        Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, "closed", _key)).Status);
    }

    [Fact]
    public async Task Requests_at_once_with_one_key_wait_for_the_first_and_are_answered_as_it_is()
    {
        var id = await api.Client.CreateAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => api.Client.ChangeStatusAsync(id, "in_progress", _key)));

        Assert.All(answers, a => Assert.True(a.Status == 200, a.Text));
        Assert.Single(answers.Select(a => (a.Text, a.Headers.ETag!.Tag)).Distinct());
        Assert.Equal(["open", "in_progress"], await StatusesAsync(id));
    }

    [Fact]
    public async Task Of_changes_of_many_tickets_at_once_with_one_key_one_is_made()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => api.Client.CreateAsync()));

        var answers = await Task.WhenAll(ids.Select(id => api.Client.ChangeStatusAsync(id, "closed", _key)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a =>
            a.IsProblem(422, "idempotency_key_reused", "Idempotency-Key"));
        Assert.Equal(1, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM tickets WHERE id = ANY ($1) AND version <> 1", ids.Select(Guid.Parse).ToArray()));
    }

    [Fact]
    public async Task A_key_in_quotes_is_the_same_as_without()
    {
        var id = await api.Client.CreateAsync();
        var first = await api.Client.ChangeStatusAsync(id, "resolved", ("Idempotency-Key", $"\"{_key.Value}\""));

        Assert.Equal(first.Text, (await api.Client.ChangeStatusAsync(id, "resolved", _key)).Text);
    }

    [Theory]
    [InlineData("\"a\\b\"")]
    [InlineData("\"\"")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        (await api.Client.ChangeStatusAsync(await api.Client.CreateAsync(), "closed", ("Idempotency-Key", key)))
            .IsProblem(400, "validation_error", "Idempotency-Key");

    /// <summary>A new ticket's key is kept with the ticket, and a change's is not.</summary>
    [Fact]
    public async Task Creating_and_changing_have_keys_of_their_own()
    {
        var created = await api.Client.PostAsync(new { title = "Printer on fire" }, _key);
        var changed = await api.Client.ChangeStatusAsync(created.TextOf("id"), "closed", _key);

        Assert.Equal((201, 200), (created.Status, changed.Status));
    }

    private Task<List<string>> StatusesAsync(string id) => api.Database.RowsAsync(
        row => row.GetString(0), "SELECT payload->>'status' FROM outbox WHERE aggregate_id = $1 ORDER BY id",
        Guid.Parse(id));
}

/// <summary>An API that forgets the keys of changes soon.</summary>
public sealed class ForgetfulApi : TicketApiFixture
{
    protected override (string Name, string Value)[] Settings =>
        [("Api__KeyRetention", "01:00:00"), ("Api__KeyRetentionInterval", "00:00:01")];
}

public sealed class KeyRetentionTests(ForgetfulApi api) : IClassFixture<ForgetfulApi>
{
    [Fact]
    public async Task A_key_is_kept_until_it_expires_and_then_forgotten()
    {
        var (old, young) = (("Idempotency-Key", "old"), ("Idempotency-Key", "young"));
        var id = await api.Client.CreateAsync();
        await api.Client.ChangeStatusAsync(id, "in_progress", old);
        await api.Client.ChangeStatusAsync(id, "resolved", young);
        await api.Database.ExecuteAsync(
            "UPDATE change_keys SET created_at = now() - interval '61 minutes' WHERE idempotency_key = 'old'");

        await Eventually.SeesAsync(
            "one key", () => api.Database.ScalarAsync<long>("SELECT count(*) FROM change_keys"), count => count == 1);

        Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, "resolved", young)).Status);
        Assert.Equal("\"4\"", (await api.Client.ChangeStatusAsync(id, "in_progress", old)).Headers.ETag!.Tag);
    }

    [Fact]
    public async Task More_keys_than_one_step_takes_are_forgotten_in_several()
    {
        await api.Database.ExecuteAsync(
            """
            INSERT INTO change_keys (idempotency_key, request_hash, ticket_id, status, version, updated_at, created_at)
            SELECT 'many-' || n, sha256('x'), gen_random_uuid(), 'open', 1, now(), now() - interval '2 hours'
            FROM generate_series(1, 2500) AS n
            """);

        await Eventually.SeesAsync(
            "none of the old keys",
            () => api.Database.ScalarAsync<long>(
                "SELECT count(*) FROM change_keys WHERE idempotency_key LIKE 'many-%'"),
            count => count == 0);
    }
}
