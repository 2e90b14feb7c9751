using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.TicketApi.Tickets;
using Property = ServiceDesk.Tests.Faults.BadInput.Property;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>Many callers at once: no change is lost silently, and a key has one effect, whoever uses it how
/// often (P1).</summary>
[Collection(TicketApiTests.Name)]
public sealed class ConcurrentCallersTests(TicketApiFixture api)
{
    private const int Callers = 50;
    private const int ChangesOfEach = 2;
    private const int Plans = 20;

    /// <summary>What is sent with a key: a new ticket with one of two titles, or one of two statuses for one of two
    /// tickets.</summary>
    private sealed record KeyedRequest(bool IsNew, int Key, int Variant, int Ticket);

    private static Gen<KeyedRequest[]> KeyedRequests => (
        from isNew in Gen.Elements(true, false)
        from key in Gen.Choose(0, 7)
        from variant in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        from ticket in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        select new KeyedRequest(isNew, key, variant, ticket)).ArrayOf(Callers);

    [Fact]
    public async Task Two_agents_who_change_one_ticket_learn_of_each_other()
    {
        var id = await api.Client.CreateAsync();
        var seenByAnn = (await api.Client.GetAsync($"/tickets/{id}")).Headers.ETag!.Tag;
        var seenByBob = (await api.Client.GetAsync($"/tickets/{id}")).Headers.ETag!.Tag;

        var answers = await Task.WhenAll(
            api.Client.ChangeStatusAsync(id, "in_progress", ("If-Match", seenByAnn)),
            api.Client.ChangeStatusAsync(id, "resolved", ("If-Match", seenByBob)));

        var won = Assert.Single(answers, a => a.Status == 200);
        Assert.Single(answers, a => a.Status == 412).IsProblem(412, "precondition_failed", "If-Match");
        var now = await api.Client.GetAsync($"/tickets/{id}");
        Assert.Equal((won.Text, "\"2\""), (now.Text, now.Headers.ETag!.Tag));
        var decided = await api.Client.ChangeStatusAsync(id, "closed", ("If-Match", now.Headers.ETag.Tag));
        Assert.Equal((200, "\"3\""), (decided.Status, decided.Headers.ETag!.Tag));
    }

    /// <summary>Each caller reads, decides and changes, and begins anew where somebody was faster.</summary>
    [Fact]
    public async Task Of_50_callers_who_keep_changing_one_ticket_one_wins_each_version_and_no_change_is_lost()
    {
        var id = await api.Client.CreateAsync();

        var made = (await Task.WhenAll(Enumerable.Range(0, Callers).Select(n => ChangeAsync(id, new Random(n)))))
            .SelectMany(changes => changes).OrderBy(change => change.Version).ToList();

        Assert.Equal(Enumerable.Range(2, Callers * ChangesOfEach), made.Select(change => change.Version));
        var events = await api.Database.RowsAsync(
            row => (Version: row.GetInt32(0), From: row.GetString(1), To: row.GetString(2), Request: row.GetString(3)),
            """
            SELECT (payload->>'version')::int, payload->>'old_status', payload->>'status', headers->>'request_id'
            FROM outbox WHERE aggregate_id = $1 AND event_type = 'ticket.status_changed' ORDER BY id
            """, Guid.Parse(id));
        Assert.Equal(made, events);
        // Each change is made to what the one before left.
        Assert.All(events.Zip(events.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        var last = await api.Client.GetAsync($"/tickets/{id}");
        Assert.Equal(events[^1].To, last.TextOf("status"));
        Assert.Equal(events[^1].Version, last.Json.GetProperty("version").GetInt32());
    }

    /// <summary>Changes that come at once share a transaction, but none waits for another's lock.</summary>
    [Fact]
    public async Task A_ticket_that_is_locked_holds_up_no_other_change()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => api.Client.CreateAsync()));
        await using var session = await api.Database.Source.OpenConnectionAsync();
        await using var transaction = await session.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT FROM tickets WHERE id = $1 FOR UPDATE", session, transaction)
        {
            Parameters = { new() { Value = Guid.Parse(ids[0]) } },
        };
        await hold.ExecuteNonQueryAsync();

        var changes = ids.Select(id => api.Client.ChangeStatusAsync(id, "in_progress")).ToList();

        var others = Task.WhenAll(changes.Skip(1));
        await Eventually.IsTrueAsync("the others are changed", async () =>
        {
            Assert.Equal(0, await api.Database.ScalarAsync<long>(
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                AND wait_event_type = 'Lock' AND query LIKE '-- lock tickets%'
                """));
            return others.IsCompleted;
        });
        Assert.All(await others, answer => Assert.Equal(200, answer.Status));
        await transaction.CommitAsync();
        // On a busy machine it may have waited for too long.
        var made = Callers - 1 + ((await changes[0]).Status == 200 ? 1 : 0);
        Assert.Equal(made, await api.Database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE aggregate_id = ANY ($1) AND event_type = 'ticket.status_changed'",
            ids.Select(Guid.Parse).ToArray()));
    }

    [Fact]
    public Task A_key_has_one_effect_and_one_answer_however_many_use_it_at_once() =>
        Property.HoldsAsync(KeyedRequests, Plans, async requests =>
        {
            var run = Guid.NewGuid().ToString("N");
            var tickets = new[] { await api.Client.CreateAsync(), await api.Client.CreateAsync() };

            var answers = await Task.WhenAll(requests.Select(request => SendAsync(request, run, tickets)));
            var again = await Task.WhenAll(requests.Select(request => SendAsync(request, run, tickets)));

            foreach (var use in requests.Zip(answers, again).GroupBy(u => (u.First.IsNew, u.First.Key)))
            {
                var accepted = use.Where(u => u.Second.Status is 200 or 201).ToList();
                // A change may be one that no ticket allows any more: then nobody's was made.
                Assert.True(accepted.Count > 0 || !use.Key.IsNew);
                Assert.True(accepted.Select(u => u.Second.Text).Distinct().Count() <= 1, "one key has two answers");
                Assert.All(use.Where(u => u.Second.Status is not (200 or 201)), u =>
                    Assert.True(u.Second.Status is 422 or 409, u.Second.Text));
                // What was answered once is answered always.
                Assert.All(accepted, u => Assert.Equal(
                    (u.Second.Status, u.Second.Text, u.Second.Headers.ETag, u.Second.Headers.Location),
                    (u.Third.Status, u.Third.Text, u.Third.Headers.ETag, u.Third.Headers.Location)));
            }

            var created = answers.Where(a => a.Status == 201).Select(a => a.TextOf("id")).Distinct().Count();
            Assert.Equal(created, await api.Database.ScalarAsync<long>(
                "SELECT count(*) FROM tickets WHERE title LIKE $1", $"%{run}"));
            foreach (var id in tickets)
            {
                // Also what only the repetition was allowed to do: one effect for each answer.
                var changes = answers.Concat(again).Where(a => a.Status == 200 && a.TextOf("id") == id)
                    .Select(a => a.Headers.ETag!.Tag).Distinct().Count();
                Assert.Equal(changes, await api.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM outbox WHERE aggregate_id = $1 AND event_type = 'ticket.status_changed'",
                    Guid.Parse(id)));
            }
        });

    private Task<Answer> SendAsync(KeyedRequest request, string run, string[] tickets)
    {
        var key = ("Idempotency-Key", $"{run}-{request.Key}");
        return request.IsNew
            ? api.Client.PostAsync(new { title = $"{(request.Variant == 0 ? "Printer" : "Screen")} {run}" }, key)
            : api.Client.ChangeStatusAsync(
                tickets[request.Ticket], request.Variant == 0 ? "in_progress" : "resolved", key);
    }

    private async Task<List<(int Version, string From, string To, string Request)>> ChangeAsync(
        string id, Random random)
    {
        var made = new List<(int Version, string From, string To, string Request)>();
        while (made.Count < ChangesOfEach)
        {
            var seen = await api.Client.GetAsync($"/tickets/{id}");
            var from = seen.TextOf("status");
            // A closed ticket would end the test.
            var allowed = TicketStatus.AllowedFrom(from).Where(status => status != TicketStatus.Closed).ToArray();
            var (to, request) = (allowed[random.Next(allowed.Length)], Guid.NewGuid().ToString());
            var answer = await api.Client.ChangeStatusAsync(
                id, to, ("If-Match", seen.Headers.ETag!.Tag), ("X-Request-Id", request));
            Assert.True(answer.Status is 200 or 412, answer.Text);
            if (answer.Status == 200)
            {
                made.Add((answer.Json.GetProperty("version").GetInt32(), from, to, request));
            }
        }

        return made;
    }
}
