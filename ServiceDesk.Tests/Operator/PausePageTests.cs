using Microsoft.Playwright;
using ServiceDesk.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace ServiceDesk.Tests.Operator;

/// <summary>Who looks for an event that did not arrive is told of the pause that keeps it back.</summary>
public sealed class PausePageTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private const string Words = "is paused by Tess since";

    [BrowserTheory]
    [InlineData("publishing", "It waits to be published")]
    [InlineData("processing", "It is in Kafka and waits")]
    public async Task An_event_its_ticket_and_the_lists_say_who_paused_it_and_why(string stage, string words)
    {
        var ticket = Guid.CreateVersion7();
        var row = (await fixture.System.Database.AddEventsAsync(ticket))[0];
        var id = await fixture.System.Database.ScalarAsync<Guid>(
            "UPDATE outbox SET status = CASE WHEN $2 THEN 'sent' ELSE status END, "
            + "sent_at = CASE WHEN $2 THEN now() END WHERE id = $1 RETURNING event_id", row, stage == "processing");
        await PauseAsync(stage, ticket, "until Monday");

        var page = await fixture.OpenAsync($"/events/{id}");
        var line = page.GetByRole(AriaRole.Status).First;
        await Expect(line).ToContainTextAsync(words);
        await Expect(line).ToContainTextAsync(Words);
        await Expect(line).ToContainTextAsync("until Monday");

        await page.GotoAsync($"/events?ticket={ticket}");
        await Expect(page.Locator("td .status.paused")).ToHaveCountAsync(1);
        await Expect(page.Locator("td .status.pending")).ToHaveCountAsync(0);

        await page.GotoAsync($"/tickets/{ticket}");
        line = page.GetByRole(AriaRole.Status).First;
        await Expect(line).ToContainTextAsync("An event of it waits");
        await line.GetByRole(AriaRole.Link, new() { Name = "Show the pause" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Pauses" })).ToContainTextAsync(ticket.ToString());
    }

    [BrowserFact]
    public async Task A_pause_of_a_ticket_is_named_and_is_in_force_until_it_is_resumed()
    {
        var ticket = Guid.CreateVersion7();
        await fixture.System.Database.ExecuteAsync(
            "INSERT INTO tickets (id, title, description) VALUES ($1, 'Printer on fire', '')", ticket);
        await fixture.System.Database.AddEventsAsync(ticket, 2);
        await PauseAsync("publishing", ticket, "named");

        var page = await fixture.OpenAsync("/");
        var banner = page.Locator(".message")
            .Filter(new() { HasText = $"{ticket} “Printer on fire” is paused by Tess" });
        await Expect(banner.GetByRole(AriaRole.Link, new() { Name = "Show the ticket" }))
            .ToHaveAttributeAsync("href", $"/tickets/{ticket}");
        var pause = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = $"{ticket}" });
        await pause.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(pause.GetByRole(AriaRole.Region, new() { Name = "Resume" })).ToContainTextAsync("2 events wait.");

        var actions = await fixture.OpenAsync("/actions");
        var action = actions.GetByRole(AriaRole.Row).Filter(new() { HasText = "named" });
        await Expect(action).ToContainTextAsync("in force");
        await Expect(action.GetByRole(AriaRole.Link, new() { Name = $"{ticket}" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Region, new() { Name = "Resume" })
            .GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(pause).ToHaveCountAsync(0);
        await actions.ReloadAsync();
        await Expect(action).ToContainTextAsync("by Tess");
        await Expect(action).ToContainTextAsync("ended");
    }

    private Task<System.Text.Json.JsonElement> PauseAsync(string stage, Guid ticket, string reason) =>
        fixture.Client.PostAsync("api/pauses", new { stage, scope = "ticket", value = ticket, reason });
}
