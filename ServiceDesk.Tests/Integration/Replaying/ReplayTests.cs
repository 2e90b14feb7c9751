using System.Text;
using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Replaying;

/// <summary>The cause of failures is gone, and <c>diag replay</c> gives the events another chance.</summary>
public sealed class ReplayTests(ServersFixture fixture) : IClassFixture<ServersFixture>
{
    private const string Refuse =
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused by a test'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse();
        """;

    [Fact]
    public async Task An_event_that_was_never_published_is_pending_again_and_published()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        await system.Database.AddEventsAsync(Guid.CreateVersion7(), title: new string('x', 30_000));
        await system.StartRelayAsync(("KafkaClient__message.max.bytes", "20000"));
        await Eventually.SeesAsync(
            "the event is failed", system.Database.StatusesAsync, statuses => statuses == "failed=1");
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

        await using var replay = ChildProcess.StartProgram(
            ServiceProcess.Operator, ["replay", Guid.NewGuid().ToString()], system.Settings);

        Assert.NotEqual(0, await replay.ExitCodeAsync());
    }

    /// <summary>A producer was deployed before its consumer, which knew nothing of the type: no row failed.</summary>
    [Fact]
    public async Task A_dead_letter_without_a_failed_event_is_sent_again_and_its_effect_happens_once()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        await system.DeadLetters.WriteAsync(Letter("Early", "its event_type is not known"));

        var tried = await ReplayAsync(system, "--all", "--dry-run");
        Assert.Contains("dead letters: 1 of no failed event would be sent", tried, StringComparison.Ordinal);
        Assert.Empty(await system.Events.ReadAllAsync());

        await system.StartNotifierAsync();
        Assert.Contains(
            "dead letters: 1 of no failed event sent", await ReplayAllAsync(system), StringComparison.Ordinal);
        await system.Database.ProcessedBecomesAsync("done=1");
        Assert.Contains(
            "dead letters: 0 of no failed event sent", await ReplayAllAsync(system), StringComparison.Ordinal);
        Assert.Equal(["New ticket: Early"], await system.Database.NotificationsAsync());
        Assert.Single(await system.Events.ReadAllAsync());
    }

    [Theory]
    [InlineData("--reason", "NOT KNOWN", 1)]
    [InlineData("--reason", "something else", 0)]
    [InlineData("--type", "ticket.created", 2)]
    [InlineData("--type", "ticket.assigned", 0)]
    [InlineData("--since", "1h", 2)]
    [InlineData("--until", "1h", 0)]
    [InlineData("--dead-letter", "0:1", 1)]
    [InlineData("--dead-letter", "0:7", 0)]
    public async Task Only_the_dead_letters_that_are_chosen_are_sent_again(string option, string value, int expected)
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        await system.DeadLetters.WriteAsync(
            Letter("First", "its event_type is not known"), Letter("Second", "another reason"));

        await using var replay = ChildProcess.StartProgram(
            ServiceProcess.Operator, ["replay", option, value], system.Settings);
        await replay.ExitCodeAsync();

        Assert.Contains(
            $"dead letters: {expected} of no failed event sent", replay.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected, (await system.Events.ReadAllAsync()).Count);
    }

    [Theory]
    [InlineData()]
    [InlineData("--all", "--type", "ticket.created")]
    [InlineData("--dead-letter", "nonsense")]
    [InlineData("--rate", "0", "--all")]
    [InlineData("--since", "yesterday")]
    [InlineData("no-id")]
    public async Task A_replay_that_says_nothing_clear_does_nothing_and_says_why_in_one_line(params string[] arguments)
    {
        await using var system = await ServiceDeskSystem.CreateAsync(fixture.Servers);

        await using var replay = ChildProcess.StartProgram(
            ServiceProcess.Operator, ["replay", .. arguments], system.Settings);

        Assert.Equal(2, await replay.ExitCodeAsync());
        Assert.StartsWith("diag: ", Assert.Single(replay.Output.Errors), StringComparison.Ordinal);
    }

    private static Message<byte[], byte[]> Letter(string title, string reason)
    {
        var letter = TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), title);
        letter.Headers.Add("dlq_reason", Encoding.UTF8.GetBytes(reason));
        return letter;
    }

    private static Task<string> ReplayAllAsync(ServiceDeskSystem system) => ReplayAsync(system, "--all");

    private static async Task<string> ReplayAsync(ServiceDeskSystem system, params string[] arguments)
    {
        await using var replay = ChildProcess.StartProgram(
            ServiceProcess.Operator, ["replay", .. arguments], system.Settings);
        Assert.True(await replay.ExitCodeAsync() == 0, replay.ToString());
        return replay.Output.ToString();
    }
}
