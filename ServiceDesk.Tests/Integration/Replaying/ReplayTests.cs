using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Replaying;

/// <summary>The cause of failures is gone, and <c>diag replay</c> gives the events another chance.</summary>
public sealed class ReplayTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private const string Refuse =
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by a test'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse();
        """;

    [Fact]
    public async Task An_event_that_was_never_published_is_pending_again_and_published()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        await system.Database.AddEventsAsync(Guid.CreateVersion7(), title: new string('x', 30_000));
        await system.StartRelayAsync(("KafkaClient__message.max.bytes", "20000"));
        await Eventually.SeesAsync("the event is failed", system.Database.StatusesAsync, statuses => statuses == "failed=1");
        await system.StopAllAsync();

        Assert.Contains("outbox: 1 failed events", await ReplayAllAsync(system), StringComparison.Ordinal);

        await system.StartRelayAsync();
        await system.Database.AllAreSentAsync(1);
        Assert.Single(await system.Events.ReadAllAsync());
        Assert.Contains("outbox: 0 failed events", await ReplayAllAsync(system), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_whose_effect_failed_has_it_once_however_often_it_is_replayed()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        await system.Database.ExecuteAsync(Refuse);
        await system.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"));
        await system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "Late"));
        await system.Database.ProcessedBecomesAsync("failed=1");
        await system.Database.ExecuteAsync("DROP TRIGGER refuse ON notifications");

        Assert.Contains("processed: 1 of 1 failed events", await ReplayAllAsync(system), StringComparison.Ordinal);

        await system.Database.ProcessedBecomesAsync("done=1");
        Assert.Contains("processed: 0 of 0 failed events", await ReplayAllAsync(system), StringComparison.Ordinal);
        Assert.Equal(["New ticket: Late"], await system.Database.NotificationsAsync());
        Assert.Equal(2, (await system.Events.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task An_event_that_did_not_fail_is_not_replayed()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);

        await using var replay = ChildProcess.StartProgram("eng/Diag", ["replay", Guid.NewGuid().ToString()], system.Settings);

        Assert.NotEqual(0, await replay.ExitCodeAsync());
    }

    private static async Task<string> ReplayAllAsync(ServiceDeskSystem system)
    {
        await using var replay = ChildProcess.StartProgram("eng/Diag", ["replay", "--all"], system.Settings);
        Assert.True(await replay.ExitCodeAsync() == 0, replay.ToString());
        return replay.Output.ToString();
    }
}
