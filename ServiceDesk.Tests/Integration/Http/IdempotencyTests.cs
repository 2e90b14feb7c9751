using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class IdempotencyTests(TicketApiFixture api)
{
    private readonly (string Name, string Value) _key = ("Idempotency-Key", Guid.NewGuid().ToString());

    [Fact]
    public async Task The_same_key_and_body_give_the_same_201_again()
    {
        var first = await api.Client.PostAsync(new { title = "Once", description = "only" }, _key);
        var again = await api.Client.PostAsync(new { title = "Once", description = "only" }, _key);

        Assert.Equal(201, first.Status);
        Assert.Equal(201, again.Status);
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal((1, 1), await SavedAsync());
    }

    [Fact]
    public async Task The_answer_stays_the_same_when_the_ticket_has_changed_since()
    {
        var first = await api.Client.PostAsync(new { title = "Once" }, _key);
        await api.Client.ChangeStatusAsync(first.TextOf("id"), "closed");

        Assert.Equal(first.Text, (await api.Client.PostAsync(new { title = "Once" }, _key)).Text);
    }

    [Theory]
    [InlineData("Twice", "only")]
    [InlineData("Once", "more")]
    [InlineData("Onceonly", "")]
    public async Task The_same_key_with_another_body_is_refused_with_422(string title, string description)
    {
        await api.Client.PostAsync(new { title = "Once", description = "only" }, _key);

        (await api.Client.PostAsync(new { title, description }, _key)).IsProblem(
            422, "idempotency_key_reused", "Idempotency-Key");
        Assert.Equal((1, 1), await SavedAsync());
    }

    [Fact]
    public async Task Twenty_requests_at_once_with_one_key_make_one_ticket_and_one_event()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => api.Client.PostAsync(new { title = "Twenty" }, _key)));

        Assert.All(answers, a => Assert.True(a.Status == 201, a.Text));
        Assert.Single(answers.Select(a => a.Text).Distinct());
        Assert.Equal((1, 1), await SavedAsync());
    }

    [Fact]
    public async Task A_request_that_was_refused_does_not_use_up_its_key()
    {
        (await api.Client.PostAsync(new { title = "no" }, _key)).IsProblem(400, "validation_error", "title");

        Assert.Equal(201, (await api.Client.PostAsync(new { title = "now it is long enough" }, _key)).Status);
    }

    [Fact]
    public async Task Without_a_key_equal_requests_make_different_tickets() =>
        Assert.NotEqual(await api.Client.CreateAsync("Equal"), await api.Client.CreateAsync("Equal"));

    [Fact]
    public async Task A_key_in_quotes_is_the_same_as_without()
    {
        var first = await api.Client.PostAsync(new { title = "Once" }, ("Idempotency-Key", $"\"{_key.Value}\""));
        var again = await api.Client.PostAsync(new { title = "Once" }, _key);

        Assert.Equal((201, first.Text), (again.Status, again.Text));
        Assert.Equal((1, 1), await SavedAsync());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\\\"")]
    public async Task A_key_in_quotes_that_are_no_string_is_refused(string key) =>
        (await api.Client.PostAsync(new { title = "Once" }, ("Idempotency-Key", key)))
            .IsProblem(400, "validation_error", "Idempotency-Key");

    [Fact]
    public async Task A_key_longer_than_255_characters_is_refused() =>
        (await api.Client.PostAsync(new { title = "Once" }, ("Idempotency-Key", new string('k', 256))))
            .IsProblem(400, "validation_error", "Idempotency-Key");

    private async Task<(long Tickets, long Events)> SavedAsync() => Assert.Single(await api.Database.RowsAsync(
        row => (row.GetInt64(0), row.GetInt64(1)),
        """
        SELECT count(DISTINCT t.id), count(o.id) FROM tickets t LEFT JOIN outbox o ON o.aggregate_id = t.id
        WHERE t.idempotency_key = $1
        """, _key.Value));
}
