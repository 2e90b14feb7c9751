using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>An operator finds an event, its ticket and what holds it up.</summary>
public sealed class LookingTests(ServersFixture fixture) : OperatorTests(fixture)
{
    [Fact]
    public async Task An_event_is_found_by_everything_that_is_known_of_it_and_its_whole_life_is_told()
    {
        var api = await Desk.StartTicketApiAsync();
        await Desk.StartRelayAsync();
        await Desk.StartNotifierAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "tickets")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { title = "Printer on fire", description = "" }),
            Headers =
            {
                { "X-Request-Id", "find-me" },
                { "traceparent", $"00-{new string('a', 32)}-{new string('b', 16)}-01" },
            },
        };
        using var made = await api.Http.SendAsync(request);
        var ticket = made.Headers.Location!.ToString()[^36..];
        await Desk.Database.AddEventsAsync(Guid.CreateVersion7(), 5);
        await Desk.Database.ProcessedBecomesAsync("done=6");
        var id = await Desk.Database.ScalarAsync<Guid>(
            "SELECT event_id FROM outbox WHERE aggregate_id = $1", Guid.Parse(ticket));

        foreach (var query in new[]
        {
            $"ticket={ticket}", $"event_id={id}", "request_id=find-me", $"trace_id={new string('a', 32)}",
            $"ticket={ticket}&status=sent&type=ticket.created&since=2020-01-01T00:00:00Z&until=2120-01-01T00:00:00Z",
        })
        {
            var found = (await Client.GetAsync($"api/events?{query}")).GetProperty("items");
            Assert.True(
                found.GetArrayLength() == 1 && found[0].GetProperty("event_id").GetGuid() == id, $"{query}: {found}");
            Assert.Equal("done", found[0].GetProperty("processed").GetString());
        }

        var life = await Client.GetAsync($"api/events/{id}");
        Assert.Equal("find-me", life.GetProperty("request_id").GetString());
        Assert.Equal("sent", life.GetProperty("outbox").GetProperty("status").GetString());
        Assert.Equal("done", life.GetProperty("processing").GetProperty("status").GetString());
        Assert.Equal("New ticket: Printer on fire", life.GetProperty("notification").GetProperty("text").GetString());
        var message = await Client.GetAsync($"api/events/{id}/message");
        Assert.True(message.GetProperty("found").GetBoolean());
        Assert.Equal(id.ToString(), message.GetProperty("headers").GetProperty("event_id").GetString());
        var view = await Client.GetAsync($"api/tickets/{ticket}");
        Assert.Equal("Printer on fire", view.GetProperty("ticket").GetProperty("title").GetString());
        Assert.Equal(1, view.GetProperty("notifications").GetArrayLength());
    }

    [Fact]
    public async Task Pages_show_each_event_once_newest_first()
    {
        var ids = await Desk.Database.AddEventsAsync(Guid.CreateVersion7(), 25);
        await Desk.Database.ExecuteAsync(
            "UPDATE outbox SET status = 'sent', sent_at = now() WHERE id % 2 = 0 AND id = ANY ($1)", ids);

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await Client.GetAsync($"api/events?limit=10{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetInt64()));
            cursor = page.GetProperty("next_cursor").ToString() is { Length: > 0 } next ? next : null;
        }
        while (cursor is not null);

        Assert.Equal(ids.Reverse(), seen);
    }

    [Fact]
    public async Task A_time_finds_the_events_of_that_time()
    {
        var ids = await Desk.Database.AddEventsAsync(Guid.CreateVersion7(), 300);
        await Desk.Database.ExecuteAsync(
            "UPDATE outbox SET created_at = '2026-01-01T00:00:00Z'::timestamptz + (id - $1) * interval '1 minute'",
            ids[0]);

        var page = await Client.GetAsync(
            "api/events?since=2026-01-01T01:00:00Z&until=2026-01-01T01:05:00Z&limit=200");

        Assert.Equal(
            ids[60..65].Reverse(),
            page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetInt64()));
        var later = await Client.GetAsync("api/events?since=2027-01-01T00:00:00Z");
        Assert.Empty(later.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_pipeline_says_what_is_wrong_and_who_is_alive()
    {
        await Desk.Database.AddFailedAsync(2);
        await Eventually.SeesAsync(
            "nobody is alive", () => Client.GetAsync("api/pipeline"),
            p => p.ToString().Contains("No relay is alive", StringComparison.Ordinal)
                && p.ToString().Contains("No notifier is alive", StringComparison.Ordinal)
                && p.ToString().Contains("2 events cannot be published", StringComparison.Ordinal));

        var relay = await Desk.StartRelayAsync();
        await Desk.StartNotifierAsync();

        await Eventually.SeesAsync(
            "both are alive", () => Client.GetAsync("api/pipeline"),
            p => p.TryGetProperty("figures", out var f) && f.ValueKind != System.Text.Json.JsonValueKind.Null
                && f.GetProperty("relays").GetInt32() == 1 && f.GetProperty("notifiers").GetInt32() == 1
                && !p.ToString().Contains("is alive, so", StringComparison.Ordinal));
        await Eventually.SeesAsync(
            "the notifier says which partitions it reads", () => Client.GetAsync("api/workers"),
            w => w.ToString().Contains("partitions 0,1,2", StringComparison.Ordinal));
        await relay.StopAsync(TimeSpan.FromSeconds(20));
        await Eventually.SeesAsync(
            "a relay that stops is gone at once", () => Client.GetAsync("api/workers"),
            w => !w.ToString().Contains("outbox-relay", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dead_letter_is_shown_as_text_with_its_origin()
    {
        await Desk.DeadLetters.WriteAsync(Letters.Unreadable("{\"na\\u0000me\": \u00e4"));
        var letter = (await Client.LettersAsync(1)).GetProperty("items")[0].GetProperty("id").GetInt64();

        var content = await Client.GetAsync($"api/dead-letters/{letter}");

        Assert.Equal("{\"na\\u0000me\": \u00e4", content.GetProperty("value").GetString());
        Assert.Equal(7, content.GetProperty("letter").GetProperty("origin_offset").GetInt64());
        Assert.Equal("unreadable", content.GetProperty("letter").GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_texts_of_a_ticket_are_erased_everywhere_and_nothing_of_others()
    {
        var api = await Desk.StartTicketApiAsync();
        await Desk.StartRelayAsync();
        await Desk.StartNotifierAsync();
        var ticket = await CreateAsync(api, "Mrs Secret fell ill");
        await CreateAsync(api, "Printer on fire");
        await Desk.Database.ProcessedBecomesAsync("done=2");
        await Desk.DeadLetters.WriteAsync(
            Letters.UnknownType(Guid.CreateVersion7(), ticket, "Mrs Secret again"));
        await Client.LettersAsync(1);

        var erased = await Client.PostAsync($"api/tickets/{ticket}/erase", new { reason = "she asked for it" });

        Assert.Equal(1, erased.GetProperty("events").GetInt64());
        var all = await Desk.Database.ScalarAsync<string>(
            """
            SELECT (SELECT string_agg(t::text, '') FROM tickets t) || (SELECT string_agg(o::text, '') FROM outbox o)
                || (SELECT string_agg(n::text, '') FROM notifications n)
                || (SELECT string_agg(d::text || coalesce(convert_from(d.value, 'UTF8'), ''), '') FROM dead_letters d)
            """);
        Assert.DoesNotContain("Secret", all, StringComparison.Ordinal);
        Assert.Contains("Printer on fire", all, StringComparison.Ordinal);
        await Client.LettersAsync(0);
        Assert.Equal(
            "erase",
            (await Client.GetAsync($"api/tickets/{ticket}"))
                .GetProperty("actions")[0].GetProperty("kind").GetString());
    }

    private static async Task<Guid> CreateAsync(ServiceProcess api, string title)
    {
        using var made = await api.Http.PostAsync(
            "tickets", System.Net.Http.Json.JsonContent.Create(new { title, description = title }));
        return Guid.Parse(made.Headers.Location!.ToString()[^36..]);
    }
}
