using Npgsql;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

/// <summary>What was sent, which may be millions of rows.</summary>
public sealed class OutboxHistoryTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private OutboxStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await fixture.Servers.CreateDatabaseAsync();
        _store = new OutboxStore(_database.Source);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    /// <summary>Nobody can touch it here, so whatever tries to waits, and fails.</summary>
    [Fact]
    public async Task New_events_claims_retries_and_failures_have_nothing_to_do_with_it()
    {
        await using var locking = await _database.Source.OpenConnectionAsync();
        await using var transaction = await locking.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("LOCK TABLE outbox_sent", locking, transaction);
        await take.ExecuteNonQueryAsync();

        var id = (await _database.AddEventsAsync(Guid.NewGuid()))[0];
        Assert.Equal(1, await _store.ReleaseAsync(
            (await ClaimAsync()).Token, [new Refusal(id, "refused", TimeSpan.Zero, Counts: false)], default));
        await ClaimAsync();
        Assert.Equal(1, await _store.ReapAsync(TimeSpan.Zero, default));
        Assert.Equal(1, (await _store.BacklogAsync(default)).Pending);
        Assert.Equal(1, await _store.MarkFailedAsync((await ClaimAsync()).Token, id, "too large", default));
    }

    [Fact]
    public async Task Retention_deletes_what_was_sent_long_ago_and_nothing_else()
    {
        var old = await _database.AddEventsAsync(Guid.NewGuid(), count: 2);
        await _store.MarkSentAsync((await ClaimAsync()).Token, old, default);
        await _database.ExecuteAsync("UPDATE outbox SET sent_at = now() - interval '8 days'");
        var recent = await _database.AddEventsAsync(Guid.NewGuid());
        await _store.MarkSentAsync((await ClaimAsync()).Token, recent, default);
        await _database.AddEventsAsync(Guid.NewGuid());
        await _database.ExecuteAsync("UPDATE outbox SET created_at = now() - interval '9 days'");

        var (last, deleted, looked) = await _store.DeleteSentAsync(
            after: 0, TimeSpan.FromDays(7), window: 1000, default);

        Assert.Equal((3, 2), (looked, deleted));
        Assert.Equal(await _database.ScalarAsync<long>("SELECT max(id) FROM outbox WHERE status = 'sent'"), last);
        Assert.Equal("pending=1 sent=1", await _database.StatusesAsync());
    }

    private Task<ClaimedBatch> ClaimAsync() => _store.ClaimAsync(100, CancellationToken.None);
}
