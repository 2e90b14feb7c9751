using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class StatusChangeTests(TicketApiFixture api)
{
    private static readonly string[] All = ["open", "in_progress", "resolved", "closed"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["open"] = ["in_progress", "resolved", "closed"],
        ["in_progress"] = ["open", "resolved", "closed"],
        ["resolved"] = ["in_progress", "closed"],
        ["closed"] = [],
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var from in All)
            {
                foreach (var to in All)
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_change_of_status_is_made_with_one_event_or_refused_with_none(string from, string to)
    {
        var id = await api.Client.CreateAsync();
        if (from != "open")
        {
            Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, from)).Status);
        }

        var before = await EventsAsync(id);
        var answer = await api.Client.ChangeStatusAsync(id, to, ("X-Request-Id", $"change-{id}"));

        var after = await EventsAsync(id);
        if (!Allowed[from].Contains(to))
        {
            answer.IsProblem(409, "invalid_transition", "status");
            Assert.Equal(before, after);
            Assert.Equal(from, (await api.Client.GetAsync($"/tickets/{id}")).TextOf("status"));
            return;
        }

        Assert.Equal(200, answer.Status);
        Assert.Equal(to, answer.TextOf("status"));
        Assert.Equal(answer.Text, (await api.Client.GetAsync($"/tickets/{id}")).Text);
        Assert.Equal(before, after.SkipLast(1));
        var (type, requestId, payload) = after[^1];
        Assert.Equal(("ticket.status_changed", $"change-{id}"), (type, requestId));
        var change = JsonDocument.Parse(payload).RootElement;
        Assert.Equal(id, change.GetProperty("ticket_id").GetString());
        Assert.Equal(
            (from, to), (change.GetProperty("old_status").GetString(), change.GetProperty("status").GetString()));
        Assert.Equal(answer.Json.GetProperty("version").GetInt32(), change.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Of_many_equal_changes_at_once_one_is_made_and_the_others_are_refused()
    {
        var id = await api.Client.CreateAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => api.Client.ChangeStatusAsync(id, "closed")));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.IsProblem(409, "invalid_transition", "status"));
        Assert.Equal(["ticket.created", "ticket.status_changed"], (await EventsAsync(id)).Select(e => e.Type));
    }

    [Fact]
    public async Task Changes_at_once_leave_one_event_per_version_in_the_order_of_the_versions()
    {
        var id = await api.Client.CreateAsync();
        await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => api.Client.ChangeStatusAsync(id, i % 2 == 0 ? "in_progress" : "open")));

        var ticket = (await api.Client.GetAsync($"/tickets/{id}")).Json;
        var versions = (await EventsAsync(id)).Select(
            e => JsonDocument.Parse(e.Payload).RootElement.GetProperty("version").GetInt32());
        Assert.Equal(Enumerable.Range(1, ticket.GetProperty("version").GetInt32()), versions);
    }

    /// <summary>In the order in which relays claim them.</summary>
    private Task<List<(string Type, string RequestId, string Payload)>> EventsAsync(string id) =>
        api.Database.RowsAsync(
            row => (row.GetString(0), row.GetString(1), row.GetString(2)),
            "SELECT event_type, headers->>'request_id', payload::text FROM outbox WHERE aggregate_id = $1 ORDER BY id",
            Guid.Parse(id));
}
