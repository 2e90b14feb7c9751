using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>What a relay may take from the outbox, asked of the statements themselves.</summary>
public sealed class OutboxClaimTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private OutboxStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await fixture.Servers.CreateDatabaseAsync();
        _store = new OutboxStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_claim_takes_the_oldest_events_in_order_and_marks_them()
    {
        var first = await _database.AddEventsAsync(Guid.NewGuid());
        var second = await _database.AddEventsAsync(Guid.NewGuid());
        await _database.AddEventsAsync(Guid.NewGuid());

        var claimed = await ClaimAsync(limit: 2);

        Assert.Equal([first[0], second[0]], claimed.Events.Select(e => e.Id));
        Assert.All(claimed.Events, e => Assert.Equal(1, e.Attempts));
        Assert.Equal("pending=1 processing=2", await _database.StatusesAsync());
        Assert.Equal(2, await _database.ScalarAsync<long>(
            """
            SELECT count(*) FROM outbox WHERE claim_token = $1 AND attempts = 1
                AND processing_started_at BETWEEN now() - interval '1 minute' AND now()
            """, claimed.Token));
    }

    /// <summary>A backlog that came at once: the planner's statistics know nothing of it yet, or say that there never
    /// was one.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_claim_walks_the_primary_key_of_a_deep_backlog_from_its_oldest_event_on(bool afterMuchWasSent)
    {
        if (afterMuchWasSent)
        {
            await DrainedAsync();
        }

        await _database.AddEventsAsync(Guid.NewGuid(), count: 20_000);
        var plan = await ExplainAsync("EXPLAIN", OutboxSql.Claim, ClaimParameters(limit: 500));

        Assert.Contains("Index Scan using outbox_unsent_pkey", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Join Filter", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("outbox_sent", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("outbox_failed", plan, StringComparison.Ordinal);
    }

    /// <summary>Seen from a drained outbox, a walk through the whole queue looks as cheap as a look for each
    /// event.</summary>
    [Fact]
    public async Task What_becomes_of_a_batch_is_written_by_the_primary_key()
    {
        await DrainedAsync();
        await _database.AddEventsAsync(Guid.NewGuid(), count: 2_000);
        var claimed = await ClaimAsync(limit: 2_000);
        var ids = claimed.Events.Select(e => e.Id).ToArray();

        string[] plans =
        [
            await ExplainAsync("EXPLAIN", OutboxSql.MarkSent, claimed.Token, ids),
            await ExplainAsync("EXPLAIN", OutboxSql.Release, claimed.Token, ids, "refused", TimeSpan.Zero, true),
            await ExplainAsync("EXPLAIN", OutboxSql.MarkFailed, claimed.Token, ids[0], "too large"),
        ];

        Assert.All(
            plans, plan => Assert.Contains("Index Scan using outbox_unsent_pkey", plan, StringComparison.Ordinal));
        Assert.All(plans, plan => Assert.Contains("Index Cond: (id =", plan, StringComparison.Ordinal));
        Assert.All(plans, plan => Assert.DoesNotContain("outbox_sent", plan, StringComparison.Ordinal));
    }

    /// <summary>What an event costs, in records of the write-ahead log; full pages come on top, after a
    /// checkpoint.</summary>
    [Fact]
    public async Task A_claim_writes_two_records_for_each_event_and_a_mark_five()
    {
        const int Events = 1_000;
        await _database.AddEventsAsync(Guid.NewGuid(), count: Events);

        // A lock, and an update that no index learns of.
        var claim = await ExplainAsync("EXPLAIN (ANALYZE, WAL, TIMING off)", OutboxSql.Claim, ClaimParameters(Events));
        Assert.InRange(WalRecords(claim), 2 * Events, 2.1 * Events);

        var token = await _database.ScalarAsync<Guid>("SELECT DISTINCT claim_token FROM outbox");
        var ids = (await _database.RowsAsync(row => row.GetInt64(0), "SELECT id FROM outbox")).ToArray();
        // Out of the queue, and into the history with its three indexes; every page filled adds a few.
        var mark = await ExplainAsync("EXPLAIN (ANALYZE, WAL, TIMING off)", OutboxSql.MarkSent, token, ids);
        Assert.InRange(WalRecords(mark), 5 * Events, 5.3 * Events);
    }

    /// <summary>What somebody else wrote into the outbox is published as it is, and its batch is claimed with
    /// it.</summary>
    [Fact]
    public async Task An_odd_row_does_not_make_its_batch_unreadable()
    {
        await _database.AddEventsAsync(Guid.NewGuid());
        string[] odd = ["null", "[]", "7", """{"request_id": 5}""", """{"traceparent": "odd", "tracestate": {}}"""];
        foreach (var headers in odd)
        {
            await _database.ExecuteAsync(
                """
                INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers, created_at)
                VALUES (gen_random_uuid(), '', gen_random_uuid(), '', '"text"', $1::text::jsonb, 'infinity'),
                       (gen_random_uuid(), '', gen_random_uuid(), '', 'null', $1::text::jsonb, '20000-01-01'),
                       (gen_random_uuid(), '', gen_random_uuid(), '', '[]', $1::text::jsonb, '4000-01-01 BC')
                """, headers);
        }

        var claimed = await ClaimAsync();

        Assert.Equal(16, claimed.Events.Count);
        Assert.All(claimed.Events, e =>
            Assert.NotNull(EventMessages.Create(e, OutboxHeaders.Read(e.Headers), span: null).Value));
    }

    [Fact]
    public async Task A_claim_returns_the_event_as_it_was_stored()
    {
        var ticket = Guid.NewGuid();
        var id = (await _database.AddEventsAsync(ticket, title: "Æ 🔥"))[0];

        var claimed = Assert.Single((await ClaimAsync()).Events);

        Assert.Equal(
            (id, ticket, "ticket", "ticket.created"),
            (claimed.Id, claimed.AggregateId, claimed.Aggregate, claimed.EventType));
        Assert.Equal(await _database.ScalarAsync<Guid>("SELECT event_id FROM outbox"), claimed.EventId);
        Assert.Equal(await _database.ScalarAsync<DateTime>("SELECT created_at FROM outbox"), claimed.CreatedAt);
        Assert.Equal("Æ 🔥", JsonDocument.Parse(claimed.Payload).RootElement.GetProperty("title").GetString());
    }

    [Fact]
    public async Task While_an_event_is_in_flight_no_later_one_of_its_ticket_is_claimed()
    {
        var ticket = Guid.NewGuid();
        var first = (await _database.AddEventsAsync(ticket))[0];
        Assert.Equal(first, Assert.Single((await ClaimAsync()).Events).Id);
        await _database.AddEventsAsync(ticket);
        var other = (await _database.AddEventsAsync(Guid.NewGuid()))[0];

        Assert.Equal(other, Assert.Single((await ClaimAsync()).Events).Id);
    }

    [Fact]
    public async Task While_a_refused_event_waits_for_its_retry_no_later_one_of_its_ticket_is_claimed()
    {
        var ticket = Guid.NewGuid();
        var first = (await _database.AddEventsAsync(ticket))[0];
        var refused = await ClaimAsync();
        Assert.Equal(1, await _store.ReleaseAsync(
            refused.Token, [new Refusal(first, "refused", TimeSpan.FromHours(1), Counts: true)], default));
        var later = (await _database.AddEventsAsync(ticket))[0];
        var other = (await _database.AddEventsAsync(Guid.NewGuid()))[0];

        Assert.Equal(other, Assert.Single((await ClaimAsync()).Events).Id);

        await _database.ExecuteAsync("UPDATE outbox SET next_attempt_at = now() WHERE id = $1", first);
        Assert.Equal([first, later], (await ClaimAsync()).Events.Select(e => e.Id));
    }

    [Fact]
    public async Task Several_events_of_one_ticket_can_be_claimed_together_in_order()
    {
        var events = await _database.AddEventsAsync(Guid.NewGuid(), count: 5);

        Assert.Equal(events, (await ClaimAsync()).Events.Select(e => e.Id));
    }

    [Fact]
    public async Task An_event_that_failed_for_good_does_not_hold_up_the_later_ones_of_its_ticket()
    {
        var ticket = Guid.NewGuid();
        var first = (await _database.AddEventsAsync(ticket))[0];
        Assert.Equal(1, await _store.MarkFailedAsync((await ClaimAsync()).Token, first, "too large", default));
        var second = (await _database.AddEventsAsync(ticket))[0];

        Assert.Equal(second, Assert.Single((await ClaimAsync()).Events).Id);
    }

    [Fact]
    public async Task Any_number_of_relays_share_the_work_without_sharing_an_event_or_a_ticket()
    {
        var tickets = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(tickets.Select(ticket => _database.AddEventsAsync(ticket)));
        }

        var claimed = new List<(Guid Ticket, long Id)>();
        var inFlight = new HashSet<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(RelayAsync)));

        Assert.Equal(200, claimed.DistinctBy(c => c.Id).Count());
        Assert.Equal(200, claimed.Count);
        Assert.All(claimed.GroupBy(c => c.Ticket, c => c.Id), ids => Assert.Equal(ids.Order(), ids));

        async Task RelayAsync()
        {
            while (await _database.StatusesAsync() != "sent=200")
            {
                var batch = await ClaimAsync(limit: 7);
                var held = batch.Events.Select(e => e.AggregateId).Distinct().ToList();
                lock (claimed)
                {
                    Assert.All(
                        held, ticket => Assert.True(inFlight.Add(ticket), "two relays hold events of one ticket"));
                    claimed.AddRange(batch.Events.Select(e => (e.AggregateId, e.Id)));
                }

                // A moment in which the others claim.
                await _database.StatusesAsync();
                lock (claimed)
                {
                    inFlight.ExceptWith(held);
                }

                Assert.Equal(
                    batch.Events.Count,
                    await _store.MarkSentAsync(batch.Token, [.. batch.Events.Select(e => e.Id)], default));
            }
        }
    }

    /// <summary>An outbox of which the planner knows that nothing is pending or in flight.</summary>
    private async Task DrainedAsync()
    {
        await _database.AddEventsAsync(Guid.NewGuid(), count: 10_000);
        await _database.ExecuteAsync("UPDATE outbox SET status = 'sent', sent_at = now()");
        await _database.ExecuteAsync("VACUUM ANALYZE outbox");
    }

    private static object[] ClaimParameters(int limit) =>
        [Guid.NewGuid(), 0L, 2L * limit, limit, long.MaxValue, Array.Empty<string>(), Array.Empty<Guid>(), false];

    /// <returns>How the server executes it for a relay.</returns>
    private async Task<string> ExplainAsync(string how, string statement, params object[] parameters)
    {
        await using var relays = NpgsqlDataSource.Create(
            DatabaseExtensions.WithOptions(PostgresUrl.ToConnectionString(_database.Url), OutboxSql.PlannerOptions));
        await using var explain = relays.CreateCommand($"{how} {statement}");
        explain.Parameters.AddRange(parameters.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await using var reader = await explain.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync())
        {
            plan += reader.GetString(0) + Environment.NewLine;
        }

        return plan;
    }

    /// <summary>The first line with this figure is the whole statement's.</summary>
    private static double WalRecords(string plan) =>
        double.Parse(Regex.Match(plan, "WAL: records=([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private Task<ClaimedBatch> ClaimAsync(int limit = 100) => _store.ClaimAsync(limit, CancellationToken.None);
}
