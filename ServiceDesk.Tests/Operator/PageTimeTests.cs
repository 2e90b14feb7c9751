using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using ServiceDesk.Tests.Infrastructure;
using Xunit.Abstractions;

namespace ServiceDesk.Tests.Operator;

/// <summary>How long each page takes with a long history, and a backlog a tenth as long. Takes minutes, so only on
/// request: <c>PAGE_TIMES=10000000 dotnet test --filter FullyQualifiedName~PageTimeTests</c>, by the number of sent
/// events.</summary>
public sealed class PageTimeTests(PageFixture fixture, ITestOutputHelper output) : IClassFixture<PageFixture>
{
    private const int Failed = 100_000;
    private const int Looks = 5;

    /// <summary>A person waits no longer without wondering.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Ids as UUIDv7 has them: rising with time.</summary>
    private const string AddSent =
        """
        INSERT INTO outbox
            (event_id, aggregate, aggregate_id, event_type, payload, headers, status, created_at, sent_at)
        SELECT ('01900000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, 'ticket',
               ('01900000-0000-7000-8000-' || lpad(to_hex(i / 3), 12, '0'))::uuid, 'ticket.created',
               '{"title":"Printer on fire","status":"open","version":1}',
               jsonb_build_object(
                   'request_id', 'request-' || i, 'traceparent', '00-' || md5(i::text) || '-00f067aa0ba902b7-01'),
               'sent', t, t
        FROM generate_series($1, $2) AS i,
             LATERAL (SELECT '2026-01-01T00:00:00Z'::timestamptz + i * interval '50 ms' AS t) AS times
        """;

    /// <summary>The first thousands are claimed.</summary>
    private const string AddUnsent =
        """
        INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers, status, claim_token,
                            processing_started_at, created_at)
        SELECT ('01900000-0000-7000-a000-' || lpad(to_hex(i), 12, '0'))::uuid, 'ticket',
               ('01900000-0000-7000-b000-' || lpad(to_hex(i / 3), 12, '0'))::uuid, 'ticket.created',
               '{"title":"Printer on fire","status":"open","version":1}', '{}',
               CASE WHEN is_claimed THEN 'processing' ELSE 'pending' END,
               CASE WHEN is_claimed THEN gen_random_uuid() END, CASE WHEN is_claimed THEN now() END, now()
        FROM generate_series(1, $1) AS i, LATERAL (SELECT i <= 8000 AS is_claimed) AS claim
        """;

    private const string AddFailed =
        """
        INSERT INTO outbox
            (event_id, aggregate, aggregate_id, event_type, payload, headers, status, failed_at, last_error, attempts)
        SELECT gen_random_uuid(), 'ticket', gen_random_uuid(), 'ticket.created', '{"title":"Printer on fire"}', '{}',
               'failed', now(), 'refused for reason ' || (i % 7) || ' of ' || i, 5
        FROM generate_series(1, $1) AS i
        """;

    private const string AddLetters =
        """
        INSERT INTO dead_letters
            (topic, generation, partition, "offset", written_at, code, reason, event_id, event_type, ticket_id, is_cut,
             value, header_names, header_values, status)
        SELECT 'letters', 1, 9, i, now(), 'failed', 'it failed for reason ' || chr(65 + i % 7), gen_random_uuid(),
               'ticket.created', gen_random_uuid(), false, '\x7b7d', '{}', '{}', 'open'
        FROM generate_series(1, $1) AS i
        """;

    [PageTimeFact]
    public async Task Every_page_is_quick_with_a_long_history()
    {
        var sent = int.Parse(PageTimeFactAttribute.Sent!, CultureInfo.InvariantCulture);
        await SeedAsync(sent);
        var id = await fixture.System.Database.ScalarAsync<Guid>(
            "SELECT event_id FROM outbox WHERE status = 'sent' ORDER BY id OFFSET 1000 LIMIT 1");
        var ticket = await fixture.System.Database.ScalarAsync<Guid>(
            "SELECT aggregate_id FROM outbox WHERE event_id = $1", id);
        var waiting = await fixture.System.Database.ScalarAsync<Guid>(
            "SELECT aggregate_id FROM outbox WHERE status = 'pending' ORDER BY id DESC LIMIT 1");
        var letter = await fixture.System.Database.ScalarAsync<long>("SELECT max(id) FROM dead_letters");
        var page = await fixture.OpenAsync("/actions");
        var slow = new List<string>();
        foreach (var path in new[]
        {
            "/", "/events", $"/events?ticket={ticket}", $"/events?event_id={id}",
            "/events?status=sent&since=2026-01-02",
            "/events?type=ticket.created&until=2026-01-03", "/events?status=failed", "/events?status=pending",
            "/events?status=processing",
            $"/events?request_id=request-{sent - 1000}", "/events?request_id=nobodys", $"/events/{id}",
            $"/tickets/{ticket}", $"/tickets/{waiting}", "/failed?source=outbox",
            "/failed?source=outbox&contains=nothing", "/failed?source=letters",
            "/failed?source=letters&type=ticket.created", $"/dead-letters/{letter}", "/workers", "/actions",
        })
        {
            var times = new List<TimeSpan>();
            for (var look = 0; look < Looks; look++)
            {
                var started = Stopwatch.GetTimestamp();
                await page.GotoAsync(path);
                await page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
                await Assertions.Expect(page.Locator(".loading")).ToHaveCountAsync(0);
                times.Add(Stopwatch.GetElapsedTime(started));
            }

            times.Sort();
            output.WriteLine(
                $"{times[Looks / 2].TotalMilliseconds,6:0} ms (slowest {times[^1].TotalMilliseconds,6:0})  {path}");
            // Who searches for what is not there is told after a while how far the search came.
            var isLongSearch = path.EndsWith("=nobodys", StringComparison.Ordinal)
                || path.EndsWith("=processing", StringComparison.Ordinal);
            if (times[Looks / 2] > Longest + (isLongSearch ? Longest : default))
            {
                slow.Add(path);
            }
        }

        Assert.Empty(slow);
    }

    private async Task SeedAsync(int sent)
    {
        const int Step = 500_000;
        await using var connection = await fixture.System.Database.Source.OpenConnectionAsync();
        for (var first = 1; first <= sent; first += Step)
        {
            await using var add = new Npgsql.NpgsqlCommand(AddSent, connection) { CommandTimeout = 600 };
            add.Parameters.Add(new() { Value = first });
            add.Parameters.Add(new() { Value = Math.Min(sent, first + Step - 1) });
            await add.ExecuteNonQueryAsync();
        }

        foreach (var (sql, count) in new[] { (AddUnsent, sent / 10), (AddFailed, Failed), (AddLetters, Failed) })
        {
            await using var add = new Npgsql.NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
            add.Parameters.Add(new() { Value = count });
            await add.ExecuteNonQueryAsync();
        }

        await using var analyze = new Npgsql.NpgsqlCommand("VACUUM ANALYZE", connection) { CommandTimeout = 600 };
        await analyze.ExecuteNonQueryAsync();
    }
}

/// <summary>A measurement that runs only when PAGE_TIMES says how many sent events it is to have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PageTimeFactAttribute : FactAttribute
{
    public PageTimeFactAttribute() => Skip = Sent is null
        ? "PAGE_TIMES does not say how many sent events to measure with"
        : BrowserMissing.Reason;

    public static string? Sent =>
        Environment.GetEnvironmentVariable("PAGE_TIMES") is { Length: > 0 } given ? given : null;
}
