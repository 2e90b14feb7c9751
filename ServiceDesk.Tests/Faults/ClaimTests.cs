using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>A relay that wakes up after others took over cannot change what is no longer its own.</summary>
public sealed class ClaimTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>, IAsyncLifetime
{
    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    private OutboxStore Outbox => new(Database.Source);

    public async Task InitializeAsync() => _database = await servers.Servers.CreateDatabaseAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task A_claim_that_was_lost_gives_no_right_to_mark_release_or_fail()
    {
        await SeededOutbox.AddAsync(Database, tickets: 1, changes: 1);
        var lost = await ClaimAsync();
        Assert.Equal(1, await Outbox.ReapAsync(TimeSpan.Zero, default));
        var held = await ClaimAsync();
        long[] ids = [held.Events[0].Id];

        Assert.Equal(0, await Outbox.MarkSentAsync(lost.Token, ids, default));
        Assert.Equal(0, await Outbox.ReleaseAsync(
            lost.Token, [new Refusal(ids[0], "too late", TimeSpan.Zero, Counts: true)], default));
        Assert.Equal(0, await Outbox.MarkFailedAsync(lost.Token, ids[0], "too late", default));

        Assert.Equal(("processing", held.Token), await StateAsync());
        Assert.Equal(1, await Outbox.MarkSentAsync(held.Token, ids, default));
    }

    [Fact]
    public async Task Sent_never_goes_back()
    {
        await SeededOutbox.AddAsync(Database, tickets: 1, changes: 1);
        var claim = await ClaimAsync();
        long[] ids = [claim.Events[0].Id];
        await Outbox.MarkSentAsync(claim.Token, ids, default);

        Assert.Equal(0, await Outbox.ReapAsync(TimeSpan.Zero, default));
        Assert.Equal(0, await Outbox.ReleaseAsync(
            claim.Token, [new Refusal(ids[0], "too late", TimeSpan.Zero, Counts: true)], default));
        Assert.Equal(0, await Outbox.MarkFailedAsync(claim.Token, ids[0], "too late", default));

        Assert.Equal(("sent", null), await StateAsync());
        Assert.Empty((await Outbox.ClaimAsync(limit: 10, default)).Events);
    }

    [Fact]
    public async Task A_lease_that_runs_on_is_left_alone()
    {
        await SeededOutbox.AddAsync(Database, tickets: 1, changes: 1);
        var claim = await ClaimAsync();

        Assert.Equal(0, await Outbox.ReapAsync(TimeSpan.FromMinutes(1), default));

        Assert.Equal(("processing", claim.Token), await StateAsync());
    }

    [Fact]
    public async Task While_one_event_of_a_ticket_is_in_flight_or_waits_no_later_one_is_claimed()
    {
        await SeededOutbox.AddAsync(Database, tickets: 1, changes: 3);
        var first = await Outbox.ClaimAsync(limit: 1, default);

        Assert.Empty((await Outbox.ClaimAsync(limit: 10, default)).Events);

        await Outbox.ReleaseAsync(
            first.Token, [new Refusal(first.Events[0].Id, "not now", TimeSpan.FromMinutes(1), Counts: true)], default);
        Assert.Empty((await Outbox.ClaimAsync(limit: 10, default)).Events);
    }

    private async Task<ClaimedBatch> ClaimAsync()
    {
        var claim = await Outbox.ClaimAsync(limit: 10, default);
        Assert.Single(claim.Events);
        return claim;
    }

    private async Task<(string Status, Guid? Token)> StateAsync() => Assert.Single(await Database.RowsAsync(
        row => (row.GetString(0), row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)),
        "SELECT status, claim_token FROM outbox"));
}
