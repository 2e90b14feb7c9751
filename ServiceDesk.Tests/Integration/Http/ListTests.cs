using System.Text.Json;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

[Collection(TicketApiTests.Name)]
public sealed class ListTests(TicketApiFixture api)
{
    [Fact]
    public async Task A_page_shows_a_ticket_as_it_is_shown_alone()
    {
        var id = await api.Client.CreateAsync("Café <Ключ> & 'Söhne' + \"Co\" 🖨");

        var alone = await api.Client.GetAsync($"/tickets/{id}");

        Assert.Contains(alone.Text, (await api.Client.GetAsync("/tickets?limit=200")).Text);
    }

    [Fact]
    public async Task Pages_show_every_ticket_once_newest_first_and_end()
    {
        var created = await CreateAsync(7);

        var pages = await WalkAsync("limit=3");

        var ids = pages.SelectMany(page => page).ToList();
        Assert.Equal(created.Reverse(), ids.Take(7));
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(await api.Database.ScalarAsync<long>("SELECT count(*) FROM tickets"), ids.Count);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(3, page.Count));
        Assert.InRange(pages[^1].Count, 1, 3);
    }

    [Fact]
    public async Task Tickets_that_come_while_paging_neither_repeat_nor_hide_others()
    {
        var created = await CreateAsync(4);
        var first = await PageAsync("limit=2");
        await CreateAsync(3);

        var second = await PageAsync($"limit=2&cursor={first.Next}");

        Assert.Equal(created.Reverse(), first.Ids.Concat(second.Ids));
    }

    [Fact]
    public async Task A_status_filters_every_page()
    {
        var created = await CreateAsync(5);
        foreach (var id in new[] { created[0], created[2], created[4] })
        {
            Assert.Equal(200, (await api.Client.ChangeStatusAsync(id, "resolved")).Status);
        }

        var resolved = (await WalkAsync("limit=2&status=resolved")).SelectMany(page => page).ToList();

        Assert.Equal([created[4], created[2], created[0]], resolved.Where(created.Contains));
        Assert.Equal(
            await api.Database.ScalarAsync<long>("SELECT count(*) FROM tickets WHERE status = 'resolved'"),
            resolved.Count);
    }

    [Fact]
    public async Task The_limit_may_be_left_out_and_may_be_200()
    {
        await api.Database.ExecuteAsync(
            """
            INSERT INTO tickets (id, title, description)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bulk', ''
            FROM generate_series(1, 201) n
            ON CONFLICT DO NOTHING
            """);

        Assert.Equal(50, (await PageAsync("")).Ids.Count);
        Assert.Equal(200, (await PageAsync("limit=200")).Ids.Count);
        Assert.Single((await PageAsync("limit=1")).Ids);
    }

    private async Task<string[]> CreateAsync(int count)
    {
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = await api.Client.CreateAsync($"Listed {i}");
            // Ids of one millisecond have no order among them.
            var (id, made) = (Guid.Parse(ids[i]).ToByteArray(bigEndian: true), 0L);
            Array.ForEach(id[..6], part => made = (made << 8) | part);
            SpinWait.SpinUntil(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > made, TimeSpan.FromSeconds(5));
        }

        return ids;
    }

    private async Task<List<List<string>>> WalkAsync(string query)
    {
        var pages = new List<List<string>>();
        for (string? cursor = "", next = ""; next is not null; cursor = $"&cursor={next}")
        {
            (var ids, next) = await PageAsync($"{query}{cursor}");
            pages.Add(ids);
            Assert.True(pages.Count < 1000, "the pages do not end");
        }

        return pages;
    }

    private async Task<(List<string> Ids, string? Next)> PageAsync(string query)
    {
        var answer = await api.Client.GetAsync($"/tickets?{query}");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(["items", "next_cursor"], answer.Json.EnumerateObject().Select(m => m.Name));
        var next = answer.Json.GetProperty("next_cursor");
        return (
            [.. answer.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)],
            next.ValueKind == JsonValueKind.Null ? null : next.GetString());
    }
}
