using System.Data;
using System.Text.Json;
using Npgsql;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>P3 in the database: no event passes an earlier unsent one of its ticket, whatever keeps that one
/// back.</summary>
public sealed class OutboxOrderTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private const string Claimed =
        "status = 'processing', claim_token = gen_random_uuid(), processing_started_at = ";

    private TestDatabase _database = null!;
    private OutboxStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await fixture.Servers.CreateDatabaseAsync();
        _store = new OutboxStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("next_attempt_at = now() + interval '1 hour'")]
    [InlineData("next_attempt_at = now() + interval '100 years', attempts = 3")]
    [InlineData("next_attempt_at = 'infinity'")]
    [InlineData("next_attempt_at = now() + interval '1 hour', last_error = 'reaped'")]
    [InlineData(Claimed + "now() + interval '1 hour'")]
    [InlineData(Claimed + "now() - interval '1 hour'")]
    public async Task What_a_clock_keeps_back_is_not_passed(string keptBack)
    {
        var ticket = Guid.NewGuid();
        var first = (await _database.AddEventsAsync(ticket))[0];
        await _database.ExecuteAsync($"UPDATE outbox SET {keptBack}");
        await _database.AddEventsAsync(ticket, count: 2);
        var other = (await _database.AddEventsAsync(Guid.NewGuid()))[0];

        Assert.Equal([other], await ClaimedAsync());

        await _database.ExecuteAsync(
            """
            UPDATE outbox
            SET status = 'pending', next_attempt_at = now(), claim_token = NULL, processing_started_at = NULL
            WHERE id = $1
            """, first);
        Assert.Equal([first, first + 1, first + 2], await ClaimedAsync());
    }

    [Fact]
    public async Task What_another_session_has_locked_is_not_passed_and_holds_up_nothing_else()
    {
        var ticket = Guid.NewGuid();
        var first = (await _database.AddEventsAsync(ticket))[0];
        await _database.AddEventsAsync(ticket);
        var other = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var operators = await connection.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("SELECT FROM outbox WHERE id = $1 FOR UPDATE", connection, operators)
        {
            Parameters = { new() { Value = first } },
        };
        await take.ExecuteNonQueryAsync();

        var claimed = await ClaimAsync();
        Assert.Equal([other], claimed.Events.Select(e => e.Id));
        Assert.False((await ClaimAsync()).HasMore, "the relay would try again and again without a pause");

        await operators.CommitAsync();
        Assert.Equal([first, first + 1], await ClaimedAsync());
    }

    /// <summary>A new event is due at once, also where the clock that stamped it was ahead of the one that reads
    /// it.</summary>
    [Fact]
    public async Task A_new_event_waits_for_no_clock()
    {
        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];

        Assert.True(await _database.ScalarAsync<bool>("SELECT next_attempt_at < '2000-01-01' FROM outbox"));
        Assert.Equal([id], await ClaimedAsync());
    }

    [Fact]
    public async Task With_a_clock_that_was_set_back_the_lag_of_what_waits_is_not_0()
    {
        await _database.AddEventsAsync(Guid.NewGuid());
        await _database.ExecuteAsync(
            "UPDATE outbox SET created_at = now() + interval '1 hour', next_attempt_at = now() + interval '1 hour'");

        Assert.True((await _store.BacklogAsync(default)).LagSeconds > 0);
    }

    /// <summary>An id that is committed long after higher ones were sent, and a later change of the same
    /// ticket.</summary>
    [Fact]
    public async Task An_id_that_is_committed_late_comes_before_the_later_ones_of_its_ticket()
    {
        var ticket = Guid.NewGuid();
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var late = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload)
            VALUES (gen_random_uuid(), 'ticket', $1, 'ticket.created', '{}') RETURNING id
            """, connection, late)
        {
            Parameters = { new() { Value = ticket } },
        };
        var first = (long)(await insert.ExecuteScalarAsync())!;
        await SendAsync(events: 3_000);
        Assert.True(_store.Floor.Value <= first, "the floor passed an id that may still be committed");

        await late.CommitAsync();
        var second = (await _database.AddEventsAsync(ticket))[0];

        Assert.Equal([first, second], await ClaimedAsync());
    }

    [Fact]
    public async Task An_event_that_was_replayed_is_found_below_what_claims_read()
    {
        var replayed = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        Assert.Equal(1, await _store.MarkFailedAsync((await ClaimAsync()).Token, replayed, "too large", default));
        await SendAsync(events: 3_000);
        Assert.True(_store.Floor.Value > replayed, "claims read from the beginning, so nothing was shown");
        await _database.ExecuteAsync("UPDATE outbox SET status = 'pending', failed_at = NULL WHERE status = 'failed'");

        await _store.LookBelowFloorAsync(default);

        Assert.Equal([replayed], await ClaimedAsync());
    }

    /// <summary>By count, not by time: blocks that a claim of the same size touches, before and after much was
    /// sent.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task While_a_transaction_is_held_open_a_claim_costs_the_same_however_much_was_sent(int tickets)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var held = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await using (var look = new NpgsqlCommand("SELECT count(*) FROM outbox", connection, held))
        {
            await look.ExecuteScalarAsync();
        }

        await SendAsync(events: 1_000, tickets);
        var before = await BlocksOfClaimAsync();
        await SendAsync(events: 20_000, tickets);

        // Read from the beginning, it would be more than a thousand.
        Assert.InRange(await BlocksOfClaimAsync(), 1, before + 100);
    }

    /// <summary>As an idle relay: it polls, and finds nothing.</summary>
    private async Task<long> BlocksOfClaimAsync()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = new NpgsqlCommand(
            $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {OutboxSql.Claim}", connection, transaction)
        {
            Parameters =
            {
                new() { Value = Guid.NewGuid() }, new() { Value = _store.Floor.Value }, new() { Value = 200L },
                new() { Value = 100 }, new() { Value = long.MaxValue }, new() { Value = Array.Empty<string>() },
                new() { Value = Array.Empty<Guid>() }, new() { Value = false },
            },
        };
        using var explained = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!);
        var plan = explained.RootElement[0].GetProperty("Plan");
        await transaction.RollbackAsync();
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    /// <summary>Adds events and sends them, in batches of 500, and then as an idle relay polls.</summary>
    private async Task SendAsync(int events, int tickets = 1)
    {
        var all = Enumerable.Range(0, tickets).Select(_ => Guid.NewGuid()).ToList();
        foreach (var ticket in all)
        {
            await _database.AddEventsAsync(ticket, count: events / tickets);
        }

        for (var idle = 0; idle < 5;)
        {
            var batch = await ClaimAsync(limit: 500);
            await _store.MarkSentAsync(batch.Token, [.. batch.Events.Select(e => e.Id)], default);
            idle += batch.Events.Count == 0 ? 1 : 0;
        }
    }

    private async Task<IEnumerable<long>> ClaimedAsync() => (await ClaimAsync()).Events.Select(e => e.Id);

    private Task<ClaimedBatch> ClaimAsync(int limit = 100) => _store.ClaimAsync(limit, CancellationToken.None);
}
