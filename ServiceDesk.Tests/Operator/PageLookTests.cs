using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using ServiceDesk.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace ServiceDesk.Tests.Operator;

/// <summary>Pages on every screen and for everybody.</summary>
public sealed class PageLookTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

    [BrowserTheory]
    [InlineData("/")]
    [InlineData("/events")]
    [InlineData("/failed?source=outbox")]
    [InlineData("/failed?source=letters")]
    [InlineData("/workers")]
    [InlineData("/actions")]
    public async Task A_narrow_screen_does_not_scroll_sideways(string path)
    {
        await fixture.System.Database.AddFailedAsync(1, $"page test: a long reason {new string('x', 300)}");
        var page = await fixture.OpenAsync(path, width: 360);
        await Expect(page.Locator(".loading")).ToHaveCountAsync(0);

        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, 360);
    }

    [BrowserFact]
    public async Task A_narrow_screen_shows_the_status_of_each_event_and_little_of_the_header()
    {
        var ticket = Guid.CreateVersion7();
        await fixture.System.Database.AddEventsAsync(ticket, 2);
        var page = await fixture.OpenAsync($"/events?ticket={ticket}", width: 390);

        var box = (await page.Locator("td .status").First.BoundingBoxAsync())!;
        Assert.InRange(box.X + box.Width, 1, 390);
        Assert.InRange((await page.Locator("header").BoundingBoxAsync())!.Height, 1, 100);
    }

    [BrowserFact]
    public async Task The_filter_of_what_failed_comes_first_in_one_line()
    {
        await fixture.System.Database.AddFailedAsync(1);
        var page = await fixture.OpenAsync("/failed?source=outbox");

        var (field, all, reasons) = (
            page.GetByLabel("Reason has"), page.GetByText("Show all"),
            page.GetByRole(AriaRole.Heading, new() { Name = "By reason" }));
        await Expect(reasons).ToBeVisibleAsync();
        Assert.InRange((await all.BoundingBoxAsync())!.Y - (await field.BoundingBoxAsync())!.Y, -20, 20);
        Assert.True((await field.BoundingBoxAsync())!.Y < (await reasons.BoundingBoxAsync())!.Y);
    }

    [BrowserTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_page_keeps_the_rules_of_accessibility_that_a_machine_can_check(
        int width, ColorScheme scheme)
    {
        var ticket = Guid.CreateVersion7();
        await fixture.System.Database.AddEventsAsync(ticket, 2);
        var failed = await fixture.System.Database.AddFailedAsync(1);
        await fixture.System.DeadLetters.WriteAsync(Letters.UnknownType(Guid.CreateVersion7(), ticket));
        var letters = await Eventually.SeesAsync(
            "the letter is copied", () => fixture.Client.GetAsync($"api/dead-letters?ticket={ticket}"),
            page => page.GetProperty("items").GetArrayLength() == 1);
        await fixture.Client.PostAsync("api/pauses", new
        {
            stage = "publishing",
            scope = "ticket",
            value = ticket,
            reason = "a test",
        });
        var broken = new List<string>();
        foreach (var path in new[]
        {
            "/", "/events", $"/events/{failed[0]}", $"/tickets/{ticket}", "/failed?source=outbox",
            "/failed?source=letters", $"/dead-letters/{letters.GetProperty("items")[0].GetProperty("id").GetInt64()}",
            "/workers", "/actions", "/events?ticket=x", "/nowhere",
        })
        {
            var page = await fixture.OpenAsync(path, width, scheme);
            await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
            var result = await page.RunAxe(new AxeRunOptions { RunOnly = RunOnlyOptions.Tags(Rules) });
            broken.AddRange(
                from rule in result.Violations
                from node in rule.Nodes
                select $"{path}: {rule.Id} at {node.Target}");
            await page.Context.CloseAsync();
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
