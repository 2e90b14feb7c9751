using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>The database refuses the second of the two writes, by a trigger on a certain title.</summary>
[Collection(TicketApiTests.Name)]
public sealed class AtomicityTests(TicketApiFixture api) : IAsyncLifetime
{
    private const string Title = "The event of this ticket cannot be saved";

    public Task InitializeAsync() => api.Database.ExecuteAsync(
        $"""
        CREATE OR REPLACE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS
            $body$ BEGIN RAISE EXCEPTION 'refused by a test'; END $body$;
        CREATE TRIGGER refuse_created BEFORE INSERT ON outbox FOR EACH ROW
            WHEN (NEW.payload->>'title' = '{Title}' AND NEW.event_type = 'ticket.created')
            EXECUTE FUNCTION refuse_event();
        CREATE TRIGGER refuse_closed BEFORE INSERT ON outbox FOR EACH ROW
            WHEN (NEW.payload->>'status' = 'closed') EXECUTE FUNCTION refuse_event();
        """);

    public Task DisposeAsync() => api.Database.ExecuteAsync(
        "DROP TRIGGER refuse_created ON outbox; DROP TRIGGER refuse_closed ON outbox");

    [Fact]
    public async Task A_ticket_whose_event_cannot_be_saved_is_not_saved_either()
    {
        (await api.Client.PostAsync(new { title = Title })).IsProblem(500, "internal_error");

        Assert.Equal(0, await api.Database.ScalarAsync<long>("SELECT count(*) FROM tickets WHERE title = $1", Title));
    }

    /// <summary>Requests that come at once share a transaction.</summary>
    [Fact]
    public async Task Tickets_created_beside_it_are_saved()
    {
        var title = $"Beside it {Guid.NewGuid()}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(
            number => api.Client.PostAsync(new { title = number % 20 == 7 ? Title : title })));

        Assert.Equal(57, answers.Count(answer => answer.Status == 201));
        Assert.Equal(57, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM tickets t JOIN outbox o ON o.aggregate_id = t.id WHERE t.title = $1", title));
        Assert.Equal(0, await api.Database.ScalarAsync<long>("SELECT count(*) FROM tickets WHERE title = $1", Title));
    }

    [Fact]
    public async Task A_key_whose_request_failed_can_be_used_again()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        (await api.Client.PostAsync(new { title = Title }, key)).IsProblem(500, "internal_error");

        Assert.Equal(201, (await api.Client.PostAsync(new { title = "Now it can" }, key)).Status);
    }

    /// <summary>Changes that come at once share a transaction, too.</summary>
    [Fact]
    public async Task Changes_made_beside_one_that_fails_are_made()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => api.Client.CreateAsync()));

        var answers = await Task.WhenAll(ids.Select((id, number) =>
            api.Client.ChangeStatusAsync(id, number % 20 == 7 ? "closed" : "in_progress")));

        Assert.Equal(57, answers.Count(answer => answer.Status == 200));
        Assert.Equal(57, await api.Database.ScalarAsync<long>(
            """
            SELECT count(*) FROM tickets t JOIN outbox o ON o.aggregate_id = t.id
            WHERE t.id = ANY ($1) AND t.status = 'in_progress' AND t.version = 2
            AND o.event_type = 'ticket.status_changed' AND o.payload->>'status' = t.status
            """, ids.Select(Guid.Parse).ToArray()));
    }

    [Fact]
    public async Task A_change_whose_event_cannot_be_saved_is_not_made()
    {
        var id = await api.Client.CreateAsync();
        var before = (await api.Client.GetAsync($"/tickets/{id}")).Text;

        (await api.Client.ChangeStatusAsync(id, "closed")).IsProblem(500, "internal_error");

        Assert.Equal(before, (await api.Client.GetAsync($"/tickets/{id}")).Text);
        Assert.Equal(1, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE aggregate_id = $1", Guid.Parse(id)));
    }
}
