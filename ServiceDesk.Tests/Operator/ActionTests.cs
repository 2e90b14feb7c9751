using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>What failed gets another chance, or is given up: once, however often it is asked for.</summary>
public sealed class ActionTests(ServersFixture fixture) : OperatorTests(fixture)
{
    [Fact]
    public async Task A_dry_run_counts_and_changes_nothing()
    {
        await Desk.Database.AddFailedAsync(3);

        var tried = await Client.PostAsync("api/actions", Retry("outbox") with { DryRun = true });

        Assert.Equal(3, tried.GetProperty("matched").GetInt64());
        Assert.Equal("failed=3", await Desk.Database.StatusesAsync());
        Assert.Empty((await Client.GetAsync("api/actions")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Failed_events_of_one_reason_are_pending_again_and_the_audit_says_who_did_it()
    {
        await Desk.Database.AddFailedAsync(5, "too large: 100 bytes");
        await Desk.Database.AddFailedAsync(2, "another reason");

        var group = (await Client.GetAsync("api/failed-events/groups")).GetProperty("groups")[0];
        var action = await Client.ActAsync(new Body("retry", "outbox")
        {
            Selection = new { group = group.GetProperty("reason").GetString() },
            Reason = "the limit was raised",
        });

        Assert.Equal(5, action.GetProperty("done").GetInt64());
        Assert.Equal("failed=2 pending=5", await Desk.Database.StatusesAsync());
        Assert.Equal("Tess", action.GetProperty("by").GetString());
        Assert.Equal("the limit was raised", action.GetProperty("reason").GetString());
        Assert.Equal(5, await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM operator_action_events"));
    }

    /// <summary>A producer was deployed before its consumer: one action brings everything back.</summary>
    [Fact]
    public async Task Dead_letters_are_sent_again_and_their_effects_happen_once()
    {
        await Desk.DeadLetters.WriteAsync([.. Enumerable.Range(0, 20)
            .Select(i => Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7(), $"Early {i}"))]);
        await Client.LettersAsync(20);
        await Desk.StartNotifierAsync();

        var action = await Client.ActAsync(new Body("retry", "letters") { Selection = new { code = "unknown_type" } });

        Assert.Equal(20, action.GetProperty("done").GetInt64());
        await Desk.Database.ProcessedBecomesAsync("done=20");
        Assert.Equal(20, (await Desk.Events.ReadAllAsync()).Count);
        Assert.Equal(0, (await Client.ActAsync(Retry("letters"))).GetProperty("done").GetInt64());
    }

    [Fact]
    public async Task A_failed_effect_happens_after_its_cause_is_gone()
    {
        await Desk.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"));
        var id = Guid.CreateVersion7();
        await Desk.Events.WriteAsync(TicketEvents.Poison(id, Guid.CreateVersion7()));
        await Client.LettersAsync(1);
        await Desk.Database.ExecuteAsync("ALTER TABLE notifications DROP CONSTRAINT notifications_text_check");

        await Client.ActAsync(new Body("retry", "letters") { Selection = new { events = new[] { id } } });

        await Desk.Database.ProcessedBecomesAsync("done=1");
        var life = await Client.GetAsync($"api/events/{id}");
        Assert.Equal("done", life.GetProperty("processing").GetProperty("status").GetString());
        Assert.Equal("retried", life.GetProperty("dead_letters")[0].GetProperty("status").GetString());
        Assert.Equal("retry", life.GetProperty("actions")[0].GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("{\"partition\":0,\"offset\":1}", 1)]
    [InlineData("{\"partition\":0,\"offset\":9}", 0)]
    [InlineData("{\"contains\":\"NOT KNOWN\"}", 2)]
    [InlineData("{\"type\":\"ticket.created\"}", 2)]
    [InlineData("{\"type\":\"ticket.assigned\"}", 0)]
    [InlineData("{\"code\":\"unreadable\"}", 1)]
    [InlineData("{\"since\":\"2020-01-01T00:00:00Z\"}", 3)]
    [InlineData("{\"until\":\"2020-01-01T00:00:00Z\"}", 0)]
    public async Task Only_what_is_selected_is_reached(string selection, int expected)
    {
        await Desk.DeadLetters.WriteAsync(Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()));
        await Desk.DeadLetters.WriteAsync(Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()));
        await Desk.DeadLetters.WriteAsync(Letters.Unreadable("what is this"));
        await Client.LettersAsync(3);

        var action = await Client.ActAsync(
            new Body("retry", "letters") { Selection = JsonSerializer.Deserialize<JsonElement>(selection) });

        Assert.Equal(expected, action.GetProperty("done").GetInt32());
        Assert.Equal(expected, (await Desk.Events.ReadAllAsync()).Count);
        await Client.LettersAsync(3 - expected);
    }

    [Fact]
    public async Task An_action_asked_for_twice_at_once_happens_once()
    {
        await Desk.DeadLetters.WriteAsync([.. Enumerable.Range(0, 30)
            .Select(_ => Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()))]);
        await Client.LettersAsync(30);
        var body = Retry("letters") with { Id = Guid.CreateVersion7() };

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Client.PostAsync("api/actions", body)));
        var action = await Client.FinishedAsync(body.Id.Value);

        Assert.Equal(30, action.GetProperty("done").GetInt64());
        Assert.Single((await Client.GetAsync("api/actions")).GetProperty("items").EnumerateArray());
        Assert.Equal(30, (await Desk.Events.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task Two_people_at_two_consoles_reach_each_event_once()
    {
        await Desk.DeadLetters.WriteAsync([.. Enumerable.Range(0, 500)
            .Select(_ => Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()))]);
        await Eventually.SeesAsync("all letters are copied",
            () => Desk.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letters"), count => count == 500);
        using var other = await OperatorClient.StartAsync(Desk);

        var actions = await Task.WhenAll(
            Client.ActAsync(Retry("letters")), other.ActAsync(Retry("letters")),
            Client.ActAsync(new Body("discard", "letters") { All = true, Reason = "the other person's wish" }));

        Assert.Equal(500, actions.Sum(a => a.GetProperty("done").GetInt64()));
        Assert.Equal(
            await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letters WHERE status = 'retried'"),
            (await Desk.Events.ReadAllAsync()).Count);
        Assert.Equal(0, await Desk.Database.ScalarAsync<long>(
            "SELECT count(*) FROM dead_letters WHERE status = 'open'"));
    }

    [Fact]
    public async Task A_console_that_is_killed_in_the_middle_leaves_nothing_half_done_and_the_next_one_goes_on()
    {
        await Desk.DeadLetters.WriteAsync([.. Enumerable.Range(0, 60)
            .Select(_ => Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()))]);
        await Client.LettersAsync(60);
        var body = Retry("letters") with { Id = Guid.CreateVersion7(), Rate = 10 };
        await Client.PostAsync("api/actions", body);
        await Eventually.SeesAsync(
            "the action has begun", () => Client.GetAsync($"api/actions/{body.Id}"),
            a => a.GetProperty("done").GetInt64() >= 10);

        await Client.Console.KillAsync();

        Assert.Equal(
            await Desk.Database.ScalarAsync<long>("SELECT done FROM operator_actions"),
            await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letters WHERE status = 'retried'"));
        Assert.InRange(
            await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM dead_letters WHERE status = 'open'"), 1, 50);
        using var next = await OperatorClient.StartAsync(Desk);
        Assert.Equal(60, (await next.FinishedAsync(body.Id.Value)).GetProperty("done").GetInt64());
        Assert.Equal(60, (await Desk.Events.ReadAllAsync()).Select(m => TestTopic.Header(m, "event_id")
            ?? System.Text.Encoding.UTF8.GetString(m.Message.Value)).Distinct().Count());
    }

    [Fact]
    public async Task A_stopped_action_leaves_the_rest_as_it_was()
    {
        await Desk.Database.AddFailedAsync(50);
        var body = Retry("outbox") with { Id = Guid.CreateVersion7(), Rate = 1 };
        await Client.PostAsync("api/actions", body);

        var stopped = await Client.PostAsync($"api/actions/{body.Id}/stop", new { });

        Assert.Equal("stopped", stopped.GetProperty("status").GetString());
        Assert.InRange(
            await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE status = 'failed'"), 45, 50);
    }

    [Fact]
    public async Task What_is_discarded_is_gone_with_its_reason_and_never_has_an_effect()
    {
        await Desk.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"));
        var id = Guid.CreateVersion7();
        await Desk.Events.WriteAsync(TicketEvents.Poison(id, Guid.CreateVersion7()));
        await Client.LettersAsync(1);
        var failed = await Desk.Database.AddFailedAsync(1);

        await Client.ActAsync(new Body("discard", "letters") { All = true, Reason = "a test's poison" });
        await Client.ActAsync(new Body("discard", "outbox") { All = true, Reason = "never wanted" });
        await Desk.Database.ExecuteAsync("ALTER TABLE notifications DROP CONSTRAINT notifications_text_check");
        await Desk.Events.WriteAsync(
            TicketEvents.Poison(id, Guid.CreateVersion7()),
            TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "after it"));

        await Desk.Database.ProcessedBecomesAsync("discarded=1 done=1");
        Assert.Equal(["New ticket: after it"], await Desk.Database.NotificationsAsync());
        Assert.Equal("", await Desk.Database.StatusesAsync());
        Assert.Equal(
            "never wanted",
            (await Client.GetAsync($"api/events/{failed[0]}"))
                .GetProperty("actions")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_changed_message_is_sent_with_its_origin_once_however_often_it_is_asked_for()
    {
        await Desk.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"));
        var (id, ticket) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Desk.Events.WriteAsync(TicketEvents.Poison(id, ticket));
        var letter = (await Client.LettersAsync(1)).GetProperty("items")[0].GetProperty("id").GetInt64();
        var sound = System.Text.Encoding.UTF8.GetString(TicketEvents.Created(id, ticket, "Mended").Value);
        var other = System.Text.Encoding.UTF8.GetString(
            TicketEvents.Created(Guid.CreateVersion7(), ticket, "Another event").Value);
        using var foreign = System.Net.Http.Json.JsonContent.Create(new { value = other, reason = "no" });
        Assert.Equal("value", (await Client.RefusedAsync(
            HttpMethod.Post, $"api/dead-letters/{letter}/change", foreign)).Field);

        var body = new { id = Guid.CreateVersion7(), value = sound, reason = "the title was missing" };
        await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Client.PostAsync($"api/dead-letters/{letter}/change", body)));

        await Desk.Database.ProcessedBecomesAsync("done=1");
        Assert.Equal(["New ticket: Mended"], await Desk.Database.NotificationsAsync());
        var messages = await Desk.Events.ReadAllAsync();
        Assert.Equal(2, messages.Count);
        Assert.Equal(
            $"{Desk.DeadLetters.Name}/0/0",
            Assert.Single(messages, m => TestTopic.Header(m, "replay_origin") is not null)
                is { } sent ? TestTopic.Header(sent, "replay_origin") : null);
    }

    [Fact]
    public async Task A_changed_event_is_published_with_its_new_payload()
    {
        var failed = await Desk.Database.AddFailedAsync(1);

        await Client.PostAsync($"api/failed-events/{failed[0]}/change", new
        {
            value = """{"ticket_id":"x","title":"shorter"}""",
            reason = "it was too long",
        });

        await Desk.StartRelayAsync();
        await Desk.Database.AllAreSentAsync(1);
        Assert.Contains(
            "shorter",
            System.Text.Encoding.UTF8.GetString(Assert.Single(await Desk.Events.ReadAllAsync()).Message.Value),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_that_are_replayed_from_the_shell_are_settled_here_too()
    {
        await Desk.DeadLetters.WriteAsync(Letters.UnknownType(Guid.CreateVersion7(), Guid.CreateVersion7()));
        await Client.LettersAsync(1);

        await using var replay = ChildProcess.StartProgram(
            ServiceProcess.Operator, ["replay", "--all"], Desk.Settings);
        Assert.Equal(0, await replay.ExitCodeAsync());

        await Client.LettersAsync(0);
        Assert.Single(await Desk.Events.ReadAllAsync());
    }

    [Fact]
    public async Task Old_letters_are_forgotten()
    {
        await Desk.DeadLetters.WriteAsync(Letters.Unreadable("somebody's name"));
        await Client.LettersAsync(1);
        await Desk.Database.ExecuteAsync("UPDATE dead_letters SET written_at = now() - interval '2 minutes'");

        using var shortly = await OperatorClient.StartAsync(Desk, ("Kafka__DeadLetterRetention", "00:01:00"));

        await shortly.LettersAsync(0);
    }

    private static Body Retry(string source) => new("retry", source) { All = true };

    private sealed record Body(string Kind, string Source)
    {
        public Guid? Id { get; init; }

        public object? Selection { get; init; }

        public string? Reason { get; init; }

        public int? Rate { get; init; }

        public bool All { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("dry_run")]
        public bool DryRun { get; init; }
    }
}
