using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>What a relay may still do to events after it lost its claim: nothing.</summary>
public sealed class OutboxFencingTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private TestDatabase _database = null!;
    private OutboxStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await fixture.Servers.CreateDatabaseAsync();
        _store = new OutboxStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Only_a_lease_that_ran_out_is_taken_back_and_its_attempt_does_not_count()
    {
        var stuck = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        await ClaimAsync();
        await EndLeaseAsync();
        var busy = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        await ClaimAsync();

        Assert.Equal(1, await _store.ReapAsync(Lease, default));

        Assert.Equal("pending", await _database.StatusAsync(stuck));
        Assert.Equal("processing", await _database.StatusAsync(busy));
        Assert.Equal(0, await _database.ScalarAsync<int>("SELECT attempts FROM outbox WHERE id = $1", stuck));
        Assert.Equal(stuck, Assert.Single((await ClaimAsync()).Events).Id);
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_left_to_its_relay_where_that_one_is_just_marking()
    {
        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        var claim = await ClaimAsync();
        await EndLeaseAsync();
        await using var late = await OpenMarkAsync(claim.Token, id);

        Assert.Equal(0, await _store.ReapAsync(Lease, default));

        await late.CommitAsync();
        Assert.Equal("sent", await _database.StatusAsync(id));
    }

    /// <summary>As after a connection that broke while its statement ran. The row has since moved to another partition,
    /// which the server reports as an error, not as a missing row.</summary>
    [Fact]
    public async Task A_mark_that_meets_an_earlier_one_of_its_own_can_be_tried_again_and_finds_nothing_left()
    {
        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        var claim = await ClaimAsync();
        await using var first = await OpenMarkAsync(claim.Token, id);
        var second = _store.MarkSentAsync(claim.Token, [id], default);
        await Eventually.SeesAsync("the second waits for the first", WaitingAsync, waiting => waiting == 1);

        await first.CommitAsync();

        Assert.True(DatabaseFailure.IsOutage(await Assert.ThrowsAsync<PostgresException>(() => second)));
        Assert.Equal(0, await _store.MarkSentAsync(claim.Token, [id], default));
        Assert.Equal("sent", await _database.StatusAsync(id));
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("released")]
    [InlineData("failed")]
    public async Task A_relay_that_lost_its_claim_cannot_touch_the_event_of_its_successor(string outcome)
    {
        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        var lost = await ClaimAsync();
        await EndLeaseAsync();
        await _store.ReapAsync(Lease, default);
        var successor = await ClaimAsync();

        Assert.Equal(0, await SettleAsync(outcome, lost.Token, id));

        Assert.Equal("processing", await _database.StatusAsync(id));
        Assert.Equal(successor.Token, await _database.ScalarAsync<Guid>("SELECT claim_token FROM outbox"));
        Assert.Equal(1, await _store.MarkSentAsync(successor.Token, [id], default));
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("released")]
    [InlineData("failed")]
    public async Task What_is_sent_never_goes_back(string outcome)
    {
        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        var claim = await ClaimAsync();
        Assert.Equal(1, await _store.MarkSentAsync(claim.Token, [id], default));
        var sentAt = await _database.ScalarAsync<DateTime>("SELECT sent_at FROM outbox");

        Assert.Equal(0, await SettleAsync(outcome, claim.Token, id));
        Assert.Equal(0, await _store.ReapAsync(TimeSpan.Zero, default));
        Assert.Empty((await ClaimAsync()).Events);
        Assert.Equal(sentAt, await _database.ScalarAsync<DateTime>("SELECT sent_at FROM outbox WHERE status = 'sent'"));
    }

    [Fact]
    public async Task A_settled_event_keeps_what_an_operator_needs_to_know()
    {
        var ids = await _database.AddEventsAsync(Guid.NewGuid(), count: 3);
        var claim = await ClaimAsync();

        Assert.Equal(2, await _store.ReleaseAsync(claim.Token,
        [
            new Refusal(ids[0], "broker away", TimeSpan.Zero, Counts: false),
            new Refusal(ids[1], "refused", TimeSpan.FromMinutes(5), Counts: true),
        ], default));
        Assert.Equal(1, await _store.MarkFailedAsync(claim.Token, ids[2], "too large", default));

        Assert.Equal(
            [
                ("pending", 0, "broker away", 0, false), ("pending", 1, "refused", 5, false),
                ("failed", 1, "too large", 0, true)],
            await _database.RowsAsync(
                row => (row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetInt32(3), row.GetBoolean(4)),
                """
                SELECT status, attempts, last_error,
                       ceil(greatest(0, extract(epoch FROM next_attempt_at - now())) / 60)::int,
                       failed_at IS NOT NULL
                FROM outbox ORDER BY id
                """));
    }

    [Fact]
    public async Task The_backlog_counts_what_waits_and_the_age_of_the_oldest_unsent_event()
    {
        var empty = await _store.BacklogAsync(default);
        Assert.Equal((0, 0.0), (empty.Pending, empty.LagSeconds));

        await _database.AddEventsAsync(Guid.NewGuid());
        await ClaimAsync();
        await _database.ExecuteAsync("UPDATE outbox SET created_at = now() - interval '100 seconds'");
        await _database.AddEventsAsync(Guid.NewGuid(), count: 2);

        var backlog = await _store.BacklogAsync(default);
        Assert.Equal(3, backlog.Pending);
        Assert.InRange(backlog.LagSeconds, 100, 160);
    }

    private Task<long> WaitingAsync() => _database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    /// <returns>A transaction that has marked an event as sent, and is not committed.</returns>
    private async Task<NpgsqlTransaction> OpenMarkAsync(Guid token, long id)
    {
        var connection = await _database.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var mark = new NpgsqlCommand(OutboxSql.MarkSent, connection, transaction)
        {
            Parameters = { new() { Value = token }, new() { Value = new[] { id } } },
        };
        Assert.Equal(1, await mark.ExecuteNonQueryAsync());
        return transaction;
    }

    private Task<int> SettleAsync(string outcome, Guid token, long id) => outcome switch
    {
        "sent" => _store.MarkSentAsync(token, [id], default),
        "released" => _store.ReleaseAsync(token, [new Refusal(id, "late", TimeSpan.Zero, Counts: true)], default),
        _ => _store.MarkFailedAsync(token, id, "late", default),
    };

    private Task<ClaimedBatch> ClaimAsync() => _store.ClaimAsync(100, CancellationToken.None);

    private Task EndLeaseAsync() =>
        _database.ExecuteAsync(
            "UPDATE outbox SET processing_started_at = now() - interval '61 seconds' WHERE status = 'processing'");
}
