using Microsoft.Playwright;
using ServiceDesk.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace ServiceDesk.Tests.Operator;

/// <summary>Each page and each action in a browser. The tests share one console, so each looks for its own events
/// only.</summary>
public sealed class PageTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    [BrowserFact]
    public async Task The_pipeline_is_live_and_says_what_to_do()
    {
        var page = await fixture.OpenAsync("/");
        await Expect(page.GetByText("No relay is alive, so nothing is published")).ToBeVisibleAsync();

        var relay = await fixture.System.StartRelayAsync();

        // Pushed by the server: the page is not loaded again.
        await Expect(page.GetByText("1 relay alive")).ToBeVisibleAsync();
        await Expect(page.GetByText("No relay is alive, so nothing is published")).ToBeHiddenAsync();
        await relay.StopAsync(TimeSpan.FromSeconds(20));
        await Expect(page.GetByText("No relay is alive, so nothing is published")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Pausing_needs_a_reason_and_a_resume_ends_it()
    {
        var page = await fixture.OpenAsync("/");
        var pauses = page.GetByRole(AriaRole.Region, new() { Name = "Pauses" });

        await pauses.GetByLabel("What to pause").SelectOptionAsync("processing");
        await Button(pauses, "Pause").ClickAsync();
        await Expect(pauses.GetByRole(AriaRole.Alert)).ToContainTextAsync("Reason must be given");
        await pauses.GetByLabel("Reason").FillAsync("a look at the consumer");
        await Button(pauses, "Pause").ClickAsync();

        await Expect(page.GetByText("Processing of everything is paused by Tess: a look at the consumer"))
            .ToBeVisibleAsync();
        await Button(pauses, "Resume").ClickAsync();
        var resume = page.GetByRole(AriaRole.Region, new() { Name = "Resume" });
        await Expect(resume).ToContainTextAsync("Resume processing of everything?");
        await Expect(resume.GetByLabel("Reason")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("it was looked at");
        await page.Keyboard.PressAsync("Enter");

        var said = pauses.GetByRole(AriaRole.Status);
        await Expect(said).ToHaveTextAsync("Processing of everything goes on.");
        await Expect(said).ToBeFocusedAsync();
        await Expect(page.GetByText("Nothing is paused.")).ToBeVisibleAsync();
        var last = (await fixture.Client.GetAsync("api/actions")).GetProperty("items")[0];
        Assert.Equal(
            "resume it was looked at", $"{last.GetProperty("kind")} {last.GetProperty("reason")}");
    }

    [BrowserFact]
    public async Task An_event_is_found_and_its_life_is_told_in_the_viewers_time()
    {
        var ticket = Guid.CreateVersion7();
        var row = (await fixture.System.Database.AddEventsAsync(ticket))[0];
        var id = await fixture.System.Database.ScalarAsync<Guid>(
            "UPDATE outbox SET created_at = '2026-07-01T10:00:00Z', headers = $2::text::jsonb WHERE id = $1 "
            + "RETURNING event_id",
            row, $$"""{"request_id":"page-1","traceparent":"00-{{new string('c', 32)}}-{{new string('d', 16)}}-01"}""");
        var page = await fixture.OpenAsync("/events");

        await page.GetByLabel("Request").FillAsync("page-1");
        await Button(page, "Search").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = id.ToString()[^12..] }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(id.ToString());
        await Expect(page.GetByText("It is on its way to Kafka.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Its payload lacks description.")).ToBeVisibleAsync();
        await Expect(page.GetByText("not tried yet")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = new string('c', 32) }))
            .ToHaveAttributeAsync("href", $"http://traces.example/{new string('c', 32)}");
        var time = page.Locator(".life local-time").First;
        await Expect(time).ToHaveAttributeAsync("title", "2026-07-01 10:00:00.000Z");
        Assert.Contains("Europe/Berlin (GMT", await page.Locator("local-zone").EvaluateAsync<string>(
            "z => z.shadowRoot.textContent"), StringComparison.Ordinal);
        Assert.Contains(
            "12:00:00", await time.EvaluateAsync<string>("t => t.shadowRoot.textContent"), StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("Ticket", "no id", "Ticket must be an id")]
    [InlineData("Event", "no id", "Event must be an id")]
    [InlineData("Trace", "xyz", "Trace must be 32 hexadecimal digits")]
    [InlineData("Since", "yesterday", "Since must be a time")]
    [InlineData("Until", "tomorrow", "Until must be a time")]
    public async Task A_search_that_cannot_be_understood_says_why(string field, string text, string message)
    {
        var page = await fixture.OpenAsync("/events");

        var input = page.GetByRole(AriaRole.Textbox, new() { Name = field });
        await input.FillAsync(text);
        await Button(page, "Search").ClickAsync();

        var alert = page.GetByRole(AriaRole.Alert);
        await Expect(alert).ToContainTextAsync(message);
        await Expect(input).ToHaveAttributeAsync("aria-describedby", (await alert.GetAttributeAsync("id"))!);
    }

    [BrowserTheory]
    [InlineData("/events", "Request", "request_id=entered")]
    [InlineData("/failed?source=outbox", "Reason has", "contains=entered")]
    public async Task Enter_in_a_field_searches(string path, string field, string parameter)
    {
        var page = await fixture.OpenAsync(path);

        await page.GetByLabel(field).FillAsync("entered");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(parameter));
    }

    [BrowserFact]
    public async Task A_list_says_which_ticket_an_event_is_of_and_how_its_status_changed()
    {
        var ticket = Guid.CreateVersion7();
        await fixture.System.Database.ExecuteAsync(
            "INSERT INTO tickets (id, title, description) VALUES ($1, 'Printer <i>on fire', '')", ticket);
        var id = await fixture.System.Database.ScalarAsync<Guid>(
            "INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload) VALUES "
            + "(gen_random_uuid(), 'ticket', $1, 'ticket.status_changed', $2::text::jsonb) RETURNING event_id",
            ticket, """{"old_status":"in_progress","status":"resolved"}""");
        var page = await fixture.OpenAsync($"/events?event_id={id}");

        var row = page.GetByRole(AriaRole.Row).Last;
        await Expect(row).ToContainTextAsync("in_progress → resolved");
        await Expect(row).ToContainTextAsync("Printer <i>on fire");
    }

    [BrowserFact]
    public async Task What_cannot_be_published_is_retried_after_a_look_at_how_many_there_are()
    {
        await fixture.System.Database.AddFailedAsync(3, "page test: refused by a policy");
        var page = await fixture.OpenAsync("/failed?source=outbox");
        var reason = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "page test: refused by a policy" }).First;

        await Button(reason, "Retry all").ClickAsync();
        var panel = page.GetByRole(AriaRole.Region, new() { Name = "Retry" });
        await Expect(panel).ToContainTextAsync("3 events would be given another chance");
        await panel.GetByLabel("Reason").FillAsync("the policy was changed");
        await Button(panel, "Retry 3").ClickAsync();

        await Expect(panel).ToContainTextAsync("Done: 3 of 3");
        Assert.Equal(0, await fixture.System.Database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE status = 'failed' AND last_error LIKE 'page test: refused%'"));
        await page.GotoAsync("/actions");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "the policy was changed" }))
            .ToContainTextAsync(
                "all failed events of type ticket.created for the reason “page test: refused by a policy”");
    }

    [BrowserFact]
    public async Task A_button_that_is_clicked_twice_acts_once()
    {
        var failed = await fixture.System.Database.AddFailedAsync(1, "page test: twice");
        var page = await fixture.OpenAsync($"/events/{failed[0]}");

        await Button(page, "Retry").ClickAsync();
        await Button(page, "Retry 1").DblClickAsync();

        await Expect(page.GetByText("Done: 1 of 1")).ToBeVisibleAsync();
        Assert.Equal(1, await fixture.System.Database.ScalarAsync<long>(
            "SELECT count(*) FROM operator_action_events WHERE event_id = $1", failed[0]));
        Assert.Equal(1, await fixture.System.Database.ScalarAsync<long>(
            "SELECT count(*) FROM operator_actions WHERE selection::text LIKE '%' || $1 || '%'", failed[0].ToString()));
    }

    [BrowserFact]
    public async Task Only_chosen_letters_are_discarded_and_only_with_a_reason()
    {
        await fixture.System.DeadLetters.WriteAsync(
            Letters.Of(TicketEvents.Message("k", "chosen"), "unreadable", "page test: choose"),
            Letters.Of(TicketEvents.Message("k", "left"), "unreadable", "page test: choose"));
        await Eventually.SeesAsync(
            "both are copied", () => fixture.Client.GetAsync("api/dead-letters?contains=page test: choose"),
            letters => letters.GetProperty("items").GetArrayLength() == 2);
        var page = await fixture.OpenAsync("/failed?source=letters&contains=page+test:+choose");

        await page.GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await Button(page, "Discard selected (1)").ClickAsync();
        var panel = page.GetByRole(AriaRole.Region, new() { Name = "Discard" });
        await Button(panel, "Discard 1").ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Alert)).ToContainTextAsync("Reason must be given");
        await panel.GetByLabel("Reason").FillAsync("it is no event");
        await Button(panel, "Discard 1").ClickAsync();
        await Expect(panel).ToContainTextAsync("Done: 1 of 1");
        await Button(panel, "Close").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task A_message_is_changed_and_sent_and_a_change_that_does_not_fit_says_why()
    {
        var (id, ticket) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await fixture.System.DeadLetters.WriteAsync(
            Letters.Of(TicketEvents.Created(id, ticket, "Before"), "failed", "page test: change"));
        var letter = await Eventually.SeesAsync(
            "it is copied", () => fixture.Client.GetAsync("api/dead-letters?contains=page test: change"),
            letters => letters.GetProperty("items").GetArrayLength() == 1);
        var page = await fixture.OpenAsync(
            $"/dead-letters/{letter.GetProperty("items")[0].GetProperty("id").GetInt64()}");
        await Expect(page.Locator("pre")).ToContainTextAsync("Before");

        await Button(page, "Change and retry").ClickAsync();
        var panel = page.GetByRole(AriaRole.Region, new() { Name = "Change and retry" });
        await panel.GetByLabel("Reason").FillAsync("the title was wrong");
        await panel.GetByLabel("The message").FillAsync("{}");
        await Button(panel, "Change and retry").ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Alert)).ToContainTextAsync($"must keep the event_id {id}");
        await panel.GetByLabel("The message").FillAsync(
            System.Text.Encoding.UTF8.GetString(TicketEvents.Created(id, ticket, "After").Value));
        await Button(panel, "Change and retry").ClickAsync();

        await Expect(panel).ToContainTextAsync("Done");
        Assert.Contains(await fixture.System.Events.ReadAllAsync(), m =>
            System.Text.Encoding.UTF8.GetString(m.Message.Value).Contains("After", StringComparison.Ordinal)
            && TestTopic.Header(m, "replay_origin") is not null);
    }

    [BrowserFact]
    public async Task A_ticket_shows_what_happened_and_is_erased_with_a_reason()
    {
        var ticket = Guid.CreateVersion7();
        await fixture.System.Database.AddEventsAsync(ticket, 2, title: "Private matter");
        var page = await fixture.OpenAsync($"/tickets/{ticket}");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Events" }).GetByRole(AriaRole.Row))
            .ToHaveCountAsync(3);

        await Button(page, "Erase its title, description and messages…").ClickAsync();
        await Button(page, "Erase for good").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Reason must be given");
        await page.GetByLabel("Reason").FillAsync("on request");
        await Button(page, "Erase for good").ClickAsync();

        await Expect(page.GetByText("Erased.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(0, await fixture.System.Database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE payload::text LIKE '%Private matter%'"));
    }

    [BrowserFact]
    public async Task Relays_consumers_and_the_lag_of_each_partition_are_shown()
    {
        await fixture.System.Events.WriteAsync(TicketEvents.Message("key", "waits"));
        var page = await fixture.OpenAsync("/workers");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Consumer group" }))
            .ToContainTextAsync(fixture.System.Events.Name);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Partitions" }).GetByRole(AriaRole.Row))
            .ToHaveCountAsync(4);
    }

    [BrowserTheory]
    [InlineData("/events?ticket=01890a5d-ac96-774b-bcce-b302099a8057", "No event fits.")]
    [InlineData("/events/01890a5d-ac96-774b-bcce-b302099a8057", "Nothing is known of this event")]
    [InlineData("/events/x", "Event must be an id")]
    [InlineData("/tickets/01890a5d-ac96-774b-bcce-b302099a8057", "Nothing is known of this ticket")]
    [InlineData("/dead-letters/999999999", "There is no such dead letter")]
    [InlineData("/dead-letters/x", "Dead letter must be a whole number")]
    [InlineData("/failed?source=letters&ticket=x", "Ticket must be an id")]
    [InlineData("/nowhere", "There is nothing at this address")]
    public async Task What_is_not_there_is_said_in_words(string path, string words)
    {
        var page = await fixture.OpenAsync("/actions");

        await page.GotoAsync(path);

        await Expect(page.GetByText(words).First).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task The_keyboard_alone_finds_and_retries_an_event()
    {
        var failed = await fixture.System.Database.AddFailedAsync(1, "page test: keyboard");
        var page = await fixture.OpenAsync($"/events/{failed[0]}");
        await Expect(Button(page, "Retry")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Tab");
        while (await page.EvaluateAsync<string>("document.activeElement.textContent.trim()") != "Retry")
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");
        var reason = page.GetByLabel("Reason");
        await reason.FocusAsync();
        await page.Keyboard.TypeAsync("by keyboard");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByText("Done: 1 of 1")).ToBeVisibleAsync();
    }

    private static ILocator Button(ILocator inside, string name) =>
        inside.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
