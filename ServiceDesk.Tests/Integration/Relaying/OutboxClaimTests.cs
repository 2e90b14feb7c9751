using System.Text.Json;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;
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

    /// <summary>A backlog that came at once: the planner knows nothing of it yet, or that there never was one, and must neither
    /// sort it for every claim nor walk through it for every event.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_claim_walks_the_index_of_a_deep_backlog_from_its_oldest_event_on(bool afterMuchWasSent)
    {
        if (afterMuchWasSent)
        {
            await DrainedAsync();
        }

        await _database.AddEventsAsync(Guid.NewGuid(), count: 20_000);
        var plan = await PlanAsync(OutboxSql.Claim, new NpgsqlParameter { Value = Guid.NewGuid() }, new NpgsqlParameter { Value = 500 });

        Assert.Contains("Index Scan using outbox_pending", plan, StringComparison.Ordinal);
        Assert.Contains("Index Cond: (aggregate_id =", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Join Filter", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("outbox_sent", plan, StringComparison.Ordinal);
    }

    /// <summary>Seen from a drained outbox, a walk through all that is in flight looks as cheap as the primary key.</summary>
    [Fact]
    public async Task What_becomes_of_a_batch_is_written_by_the_primary_key()
    {
        await DrainedAsync();
        await _database.AddEventsAsync(Guid.NewGuid(), count: 2_000);
        var claimed = await ClaimAsync(limit: 2_000);
        var ids = claimed.Events.Select(e => e.Id).ToArray();

        string[] plans =
        [
            await PlanAsync(OutboxSql.MarkSent, new NpgsqlParameter { Value = claimed.Token }, new NpgsqlParameter { Value = ids }),
            await PlanAsync(
                OutboxSql.Release, new NpgsqlParameter { Value = claimed.Token }, new NpgsqlParameter { Value = ids },
                new NpgsqlParameter { Value = ids.Select(_ => "refused").ToArray() }, new NpgsqlParameter { Value = ids.Select(_ => TimeSpan.Zero).ToArray() },
                new NpgsqlParameter { Value = ids.Select(_ => true).ToArray() }),
            await PlanAsync(
                OutboxSql.MarkFailed, new NpgsqlParameter { Value = claimed.Token }, new NpgsqlParameter { Value = ids[0] },
                new NpgsqlParameter { Value = "too large" }),
        ];

        Assert.All(plans, plan => Assert.Contains("Index Scan using outbox_unsent_pkey", plan, StringComparison.Ordinal));
        Assert.All(plans, plan => Assert.DoesNotContain("outbox_blocking", plan, StringComparison.Ordinal));
        Assert.All(plans, plan => Assert.DoesNotContain("outbox_sent", plan, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_claim_returns_the_event_as_it_was_stored()
    {
        var ticket = Guid.NewGuid();
        var id = (await _database.AddEventsAsync(ticket, title: "Æ 🔥"))[0];

        var claimed = Assert.Single((await ClaimAsync()).Events);

        Assert.Equal((id, ticket, "ticket", "ticket.created"), (claimed.Id, claimed.AggregateId, claimed.Aggregate, claimed.EventType));
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
        Assert.Equal(1, await _store.ReleaseAsync(refused.Token, [new Refusal(first, "refused", TimeSpan.FromHours(1), Counts: true)], default));
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
                    Assert.All(held, ticket => Assert.True(inFlight.Add(ticket), "two relays hold events of one ticket"));
                    claimed.AddRange(batch.Events.Select(e => (e.AggregateId, e.Id)));
                }

                // A moment in which the others claim.
                await _database.StatusesAsync();
                lock (claimed)
                {
                    inFlight.ExceptWith(held);
                }

                Assert.Equal(batch.Events.Count, await _store.MarkSentAsync(batch.Token, [.. batch.Events.Select(e => e.Id)], default));
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

    /// <returns>How the server would execute it for a relay.</returns>
    private async Task<string> PlanAsync(string statement, params NpgsqlParameter[] parameters)
    {
        await using var relays = NpgsqlDataSource.Create(
            DatabaseExtensions.WithOptions(PostgresUrl.ToConnectionString(_database.Url), OutboxSql.PlannerOptions));
        await using var explain = relays.CreateCommand($"EXPLAIN {statement}");
        explain.Parameters.AddRange(parameters);
        await using var reader = await explain.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync())
        {
            plan += reader.GetString(0) + Environment.NewLine;
        }

        return plan;
    }

    private Task<ClaimedBatch> ClaimAsync(int limit = 100) => _store.ClaimAsync(limit, CancellationToken.None);
}
