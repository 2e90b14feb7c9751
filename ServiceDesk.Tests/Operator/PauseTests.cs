using System.Net;
using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>Publishing and processing stand still on request, wholly or in part, and then go on.</summary>
public sealed class PauseTests(ServersFixture fixture) : OperatorTests(fixture)
{
    private const string Pauses = "api/pauses";

    /// <summary>A pause takes effect within a second, on an idle machine.</summary>
    private static readonly TimeSpan Effect = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Nothing_is_published_while_publishing_is_paused_and_all_of_it_after_a_resume()
    {
        var relay = await Desk.StartRelayAsync();
        await PauseAsync(relay, "outbox_paused", "publishing", "all");

        await Desk.Database.AddEventsAsync(Guid.CreateVersion7(), 3);
        await relay.StopAsync(TimeSpan.FromSeconds(20));
        var next = await Desk.StartRelayAsync();
        await SeesPauseAsync(next, "outbox_paused", "all", 1);
        // Longer than any round of a relay: it would have published them.
        await Task.Delay(Effect);

        Assert.Equal("pending=3", await Desk.Database.StatusesAsync());
        Assert.Equal(HttpStatusCode.OK, (await next.ReadinessAsync()).Status);
        await ResumeAsync("publishing", "all");
        await Desk.Database.AllAreSentAsync(3);
        await SeesPauseAsync(next, "outbox_paused", "all", 0);
    }

    [Fact]
    public async Task A_paused_ticket_or_type_waits_in_order_and_the_others_are_published()
    {
        var relay = await Desk.StartRelayAsync();
        var (ticket, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PauseAsync(relay, "outbox_paused", "publishing", "ticket", ticket.ToString());
        await PauseAsync(relay, "outbox_paused", "publishing", "event_type", "ticket.status_changed");

        await Desk.Database.AddEventsAsync(ticket, 2);
        var mixed = await Desk.Database.AddEventsAsync(other, 3);
        await Desk.Database.AddEventsAsync(Guid.CreateVersion7(), 2);
        await Eventually.SeesAsync("the others are sent", Desk.Database.StatusesAsync, s => s == "pending=2 sent=5");
        // Its second event is of the paused type, so its third waits as well.
        await Desk.Database.ExecuteAsync(
            "INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload) VALUES "
            + "(gen_random_uuid(), 'ticket', $1, 'ticket.status_changed', '{}'), "
            + "(gen_random_uuid(), 'ticket', $1, 'ticket.created', '{}')", other);
        await Task.Delay(Effect);

        Assert.Equal("pending=4 sent=5", await Desk.Database.StatusesAsync());
        await Eventually.SeesAsync(
            "what is paused is no lag",
            async () => (await relay.MetricsAsync()).Sum("outbox_lag_seconds"), lag => lag == 0);
        await ResumeAsync("publishing", "event_type", "ticket.status_changed");
        await ResumeAsync("publishing", "ticket", ticket.ToString());
        await Desk.Database.AllAreSentAsync(9);
        Assert.Equal(3, mixed.Length);
    }

    [Fact]
    public async Task Nothing_is_processed_while_processing_is_paused_and_all_of_it_after_a_resume()
    {
        var notifier = await Desk.StartNotifierAsync();
        await PauseAsync(notifier, "notify_paused", "processing", "all");
        // A batch that is being collected when the pause is seen is still processed: it takes effect within a second.
        await Task.Delay(Effect);

        await Desk.Events.WriteAsync([.. Enumerable.Range(0, 10)
            .Select(i => TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), $"Ticket {i}"))]);
        await notifier.StopAsync(TimeSpan.FromSeconds(20));
        var next = await Desk.StartNotifierAsync();
        await SeesPauseAsync(next, "notify_paused", "all", 1);
        await Task.Delay(Effect);

        Assert.Equal("", await Desk.Database.ProcessedAsync());
        Assert.Equal(HttpStatusCode.OK, (await next.ReadinessAsync()).Status);
        await ResumeAsync("processing", "all");
        await Desk.Database.ProcessedBecomesAsync("done=10");
    }

    [Fact]
    public async Task A_paused_ticket_is_held_in_order_and_the_others_are_processed()
    {
        var notifier = await Desk.StartNotifierAsync();
        var (ticket, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await PauseAsync(notifier, "notify_paused", "processing", "ticket", ticket.ToString());
        var second = Guid.CreateVersion7();

        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "first"));
        await Desk.Events.WriteAsync(TicketEvents.Created(second, ticket, "second"));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), other, "other"));

        await Desk.Database.ProcessedBecomesAsync("done=1");
        await Eventually.SeesAsync(
            "two are held", async () => (await notifier.MetricsAsync()).Sum("notify_held"), held => held == 2);
        Assert.Equal(
            "paused",
            (await Client.GetAsync($"api/events/{second}")).GetProperty("held").GetProperty("reason").GetString());
        Assert.Equal(
            ticket.ToString(),
            (await Client.GetAsync($"api/events/{second}")).GetProperty("pause").GetProperty("value").GetString());
        // What is held survives the notifier, and a repeated delivery is the same event.
        await notifier.KillAsync();
        await Desk.StartNotifierAsync();
        await Desk.Events.WriteAsync(TicketEvents.Created(second, ticket, "second"));
        await ResumeAsync("processing", "ticket", ticket.ToString());
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "third"));

        await Desk.Database.ProcessedBecomesAsync("done=4");
        Assert.Equal(
            ["New ticket: other", "New ticket: first", "New ticket: second", "New ticket: third"],
            await Desk.Database.NotificationsAsync());
    }

    [Fact]
    public async Task A_paused_type_is_held_and_the_others_are_processed()
    {
        var notifier = await Desk.StartNotifierAsync();
        await PauseAsync(notifier, "notify_paused", "processing", "event_type", "ticket.status_changed");
        var ticket = Guid.CreateVersion7();

        await Desk.Events.WriteAsync(TicketEvents.Created(
            Guid.CreateVersion7(), ticket, eventType: "ticket.status_changed"));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "behind it"));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "other"));

        await Desk.Database.ProcessedBecomesAsync("done=1");
        await ResumeAsync("processing", "event_type", "ticket.status_changed");
        await Desk.Database.ProcessedBecomesAsync("done=3");
        var texts = await Desk.Database.NotificationsAsync();
        Assert.Equal(["New ticket: other", "New ticket: behind it"], [texts[0], texts[2]]);
    }

    [Fact]
    public async Task A_pause_by_two_people_is_one_and_the_audit_has_who_made_and_ended_it()
    {
        using var other = new OperatorClient(Client.Console, name: "Otto");
        var body = new { stage = "publishing", scope = "all", reason = "a deployment" };
        await Task.WhenAll(Client.PostAsync(Pauses, body), other.PostAsync(Pauses, body));
        Assert.Equal(1, (await Client.GetAsync(Pauses)).GetArrayLength());

        await other.PostAsync("api/pauses/resume", new { stage = "publishing", scope = "all", reason = "deployed" });
        await Client.PostAsync("api/pauses/resume", new { stage = "publishing", scope = "all" });

        Assert.Equal(0, (await Client.GetAsync(Pauses)).GetArrayLength());
        var actions = (await Client.GetAsync("api/actions")).GetProperty("items").EnumerateArray()
            .Select(a => $"{a.GetProperty("kind")} {a.GetProperty("reason")} {a.GetProperty("ended_by")}");
        Assert.Equal(["resume deployed ", "pause a deployment Otto"], actions);
    }

    [Fact]
    public async Task An_event_says_which_pause_keeps_it_back()
    {
        var (ticket, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var type in new[] { "ticket.created", "ticket.status_changed", "ticket.created" })
        {
            await Desk.Database.ExecuteAsync(
                "INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload) VALUES "
                + "(gen_random_uuid(), 'ticket', $1, $2, '{}')", ticket, type);
        }

        var sent = await Desk.Database.AddEventsAsync(other);
        await Desk.Database.ExecuteAsync(
            "UPDATE outbox SET status = 'sent', sent_at = now() WHERE id = $1", sent[0]);
        Assert.Equal(["", "", ""], await KeepersAsync(ticket));

        await AddAsync("publishing", "event_type", "ticket.status_changed");
        // The last waits behind the one that is paused, the first does not.
        Assert.Equal(["ticket.status_changed", "ticket.status_changed", ""], await KeepersAsync(ticket));
        await AddAsync("processing", "ticket", other.ToString());
        Assert.Equal([other.ToString()], await KeepersAsync(other));
        var id = await Desk.Database.ScalarAsync<Guid>("SELECT event_id FROM outbox WHERE id = $1", sent[0]);
        var keeper = (await Client.GetAsync($"api/events/{id}")).GetProperty("pause");
        Assert.Equal("a test", keeper.GetProperty("reason").GetString());

        await Desk.Database.ExecuteAsync(
            "INSERT INTO processed_events (event_id, event_type, aggregate, aggregate_id, status, processed_at) "
            + "VALUES ($1, 'ticket.created', 'ticket', $2, 'done', now())", id, other);
        Assert.Equal([""], await KeepersAsync(other));
    }

    [Fact]
    public async Task What_waits_because_of_a_pause_is_counted_apart_and_is_no_alarm()
    {
        var relay = await Desk.StartRelayAsync();
        var ticket = Guid.CreateVersion7();
        await PauseAsync(relay, "outbox_paused", "publishing", "ticket", ticket.ToString());
        await Desk.Database.AddEventsAsync(ticket, 2);
        await Desk.Database.ExecuteAsync("UPDATE outbox SET created_at = now() - interval '1 hour'");

        var view = await Eventually.SeesAsync(
            "two are paused", () => Client.GetAsync("api/pipeline"),
            p => p.GetProperty("figures") is { ValueKind: JsonValueKind.Object } figures
                && figures.GetProperty("paused").GetInt64() == 2 && figures.GetProperty("relays").GetInt32() == 1);

        Assert.Equal(0, view.GetProperty("figures").GetProperty("lag_seconds").GetDouble());
        Assert.Contains("2 events wait because of a pause", view.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("has waited", view.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Of each event of the ticket, newest first.</summary>
    private async Task<IEnumerable<string>> KeepersAsync(Guid ticket) =>
        (await Client.GetAsync($"api/events?ticket={ticket}")).GetProperty("items").EnumerateArray()
            .Select(e => e.GetProperty("pause"))
            .Select(p => p.ValueKind == JsonValueKind.Null ? "" : p.GetProperty("value").GetString()!);

    private Task<JsonElement> AddAsync(string stage, string scope, string value) =>
        Client.PostAsync(Pauses, new { stage, scope, value, reason = "a test" });

    private async Task PauseAsync(ServiceProcess service, string metric, string stage, string scope, string value = "")
    {
        await AddAsync(stage, scope, value);
        await SeesPauseAsync(service, metric, scope, 1);
    }

    private Task<JsonElement> ResumeAsync(string stage, string scope, string value = "") =>
        Client.PostAsync("api/pauses/resume", new { stage, scope, value });

    private static Task<double?> SeesPauseAsync(ServiceProcess service, string metric, string scope, int count) =>
        Eventually.SeesAsync(
            $"{metric} of scope {scope} is {count}",
            async () => (await service.MetricsAsync()).Sum(metric, ("scope", scope)), value => value == count);
}
