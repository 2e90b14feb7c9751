using System.Globalization;
using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class CreateTicketTests(TicketApiFixture api)
{
    [Fact]
    public async Task A_new_ticket_is_answered_with_201_its_location_and_all_its_fields()
    {
        var created = await api.Client.PostAsync(new { title = "  Printer on fire \n", description = " Third floor " });

        Assert.Equal(201, created.Status);
        Assert.Equal("application/json", created.ContentType);
        Assert.Equal(
            ["id", "title", "description", "status", "version", "created_at", "updated_at"],
            created.Json.EnumerateObject().Select(m => m.Name));
        Assert.Equal("Printer on fire", created.TextOf("title"));
        Assert.Equal(" Third floor ", created.TextOf("description"));
        Assert.Equal("open", created.TextOf("status"));
        Assert.Equal(1, created.Json.GetProperty("version").GetInt32());
        Assert.Equal(created.TextOf("created_at"), created.TextOf("updated_at"));
        Assert.Equal($"/tickets/{created.TextOf("id")}", created.Headers.Location!.OriginalString);
        Assert.Equal(7, Guid.Parse(created.TextOf("id")).Version);
        var now = await api.Database.ScalarAsync<DateTime>("SELECT now()");
        var createdAt = DateTimeOffset.Parse(created.TextOf("created_at"), CultureInfo.InvariantCulture);
        Assert.InRange(createdAt.UtcDateTime, now.AddMinutes(-1), now);

        var found = await api.Client.GetAsync(created.Headers.Location.OriginalString);
        Assert.Equal(200, found.Status);
        Assert.Equal(created.Text, found.Text);
    }

    [Fact]
    public async Task A_ticket_and_exactly_one_event_are_saved_together()
    {
        var created = await api.Client.PostAsync(
            new { title = "Æ \"quoted\" \\ 漢字 🔥", description = "line\nline\ttab" }, ("X-Request-Id", "create-1"));
        var id = Guid.Parse(created.TextOf("id"));

        var (payload, headers) = Assert.Single(await api.Database.RowsAsync(
            row => (row.GetString(0), row.GetString(1)),
            """
            SELECT payload::text, headers::text FROM outbox
            WHERE aggregate_id = $1 AND aggregate = 'ticket' AND event_type = 'ticket.created'
              AND status = 'pending' AND attempts = 0
              AND created_at = (SELECT created_at FROM tickets WHERE id = $1)
            """, id));
        var saved = JsonDocument.Parse(payload).RootElement;
        Assert.Equal(id, saved.GetProperty("ticket_id").GetGuid());
        Assert.Equal("Æ \"quoted\" \\ 漢字 🔥", saved.GetProperty("title").GetString());
        Assert.Equal("line\nline\ttab", saved.GetProperty("description").GetString());
        Assert.Equal("open", saved.GetProperty("status").GetString());
        Assert.Equal(1, saved.GetProperty("version").GetInt32());
        Assert.Equal("create-1", JsonDocument.Parse(headers).RootElement.GetProperty("request_id").GetString());
    }

    public static TheoryData<string, string> AcceptedAtTheLimits => new()
    {
        { "abc", "" },
        { $"  {new string('x', 200)}  ", new string('y', 5000) },
        // Characters count as Postgres counts them: a pair of surrogates is one.
        { string.Concat(Enumerable.Repeat("🔥", 200)), string.Concat(Enumerable.Repeat("🔥", 5000)) },
    };

    [Theory]
    [MemberData(nameof(AcceptedAtTheLimits))]
    public async Task What_is_just_within_the_limits_is_accepted(string title, string description)
    {
        var created = await api.Client.PostAsync(new { title, description });

        Assert.True(created.Status == 201, created.Text);
        Assert.Equal(title.Trim(), created.TextOf("title"));
        Assert.Equal(description, created.TextOf("description"));
    }

    [Theory]
    [InlineData("""{"title":"No description"}""")]
    [InlineData("""{"title":"Null description","description":null}""")]
    public async Task A_description_may_be_left_out(string json)
    {
        var created = await api.Client.PostJsonAsync(json);

        Assert.Equal(201, created.Status);
        Assert.Equal("", created.TextOf("description"));
    }

    [Fact]
    public async Task The_trace_of_the_caller_is_kept_with_the_event()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var created = await api.Client.PostAsync(
            new { title = "Traced" }, ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"),
            ("tracestate", "vendor=value"));

        var headers = JsonDocument.Parse(await api.Database.ScalarAsync<string>(
            "SELECT headers::text FROM outbox WHERE aggregate_id = $1", Guid.Parse(created.TextOf("id")))).RootElement;
        Assert.StartsWith($"00-{Trace}-", headers.GetProperty("traceparent").GetString(), StringComparison.Ordinal);
        Assert.Equal("vendor=value", headers.GetProperty("tracestate").GetString());
    }
}
