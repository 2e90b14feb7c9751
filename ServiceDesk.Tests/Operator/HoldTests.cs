using System.Text;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>With OnFailure=hold an event that failed holds the later ones of its ticket, and no others, until it is
/// retried or discarded (P3).</summary>
public sealed class HoldTests(ServersFixture fixture) : OperatorTests(fixture)
{
    [Fact]
    public async Task An_event_that_cannot_be_published_holds_its_ticket_until_it_is_retried()
    {
        var ticket = Guid.CreateVersion7();
        var first = await Desk.Database.AddEventsAsync(ticket, title: new string('x', 30_000));
        var later = await Desk.Database.AddEventsAsync(ticket, 2);
        await Desk.Database.AddEventsAsync(Guid.CreateVersion7());
        (string, string)[] small = [("KafkaClient__message.max.bytes", "20000"), ("OutboxRelay__OnFailure", "hold")];
        var relay = await Desk.StartRelayAsync(small);

        await Eventually.SeesAsync(
            "the other ticket goes on", Desk.Database.StatusesAsync, s => s == "failed=1 pending=2 sent=1");
        await Eventually.SeesAsync(
            "two are held", async () => (await relay.MetricsAsync()).Sum("outbox_held"), held => held == 2);
        Assert.Equal("failed=1 pending=2 sent=1", await Desk.Database.StatusesAsync());
        await Eventually.SeesAsync(
            "the console counts them apart", () => Client.GetAsync("api/pipeline"),
            p => p.ToString().Contains("2 events wait behind a failed event", StringComparison.Ordinal));
        await using var diag = ChildProcess.StartProgram(ServiceProcess.Operator, ["outbox"], Desk.Settings);
        await diag.ExitCodeAsync();
        Assert.Contains("Behind a failed event", diag.Output.ToString(), StringComparison.Ordinal);

        await relay.StopAsync(TimeSpan.FromSeconds(20));
        await Desk.StartRelayAsync(("OutboxRelay__OnFailure", "hold"));
        await Client.ActAsync(new { kind = "retry", source = "outbox", all = true });

        await Desk.Database.AllAreSentAsync(4);
        var ids = await Desk.Database.RowsAsync(
            row => row.GetGuid(0).ToString(), "SELECT event_id FROM outbox WHERE id = ANY ($1) ORDER BY id",
            first.Concat(later).ToArray());
        var published = (await Desk.Events.ReadAllAsync())
            .Where(m => Encoding.UTF8.GetString(m.Message.Key) == ticket.ToString())
            .Select(m => TestTopic.Header(m, "event_id"));
        Assert.Equal(ids, published);
    }

    [Fact]
    public async Task An_event_that_is_discarded_lets_the_later_ones_go()
    {
        var ticket = Guid.CreateVersion7();
        var rows = await Desk.Database.AddEventsAsync(ticket, 2);
        await Desk.Database.ExecuteAsync(
            "UPDATE outbox SET status = 'failed', failed_at = now() WHERE id = $1", rows[0]);
        var relay = await Desk.StartRelayAsync(("OutboxRelay__OnFailure", "hold"));
        await Eventually.SeesAsync(
            "it is held", async () => (await relay.MetricsAsync()).Sum("outbox_held"), held => held == 1);

        await Client.ActAsync(new { kind = "discard", source = "outbox", all = true, reason = "a test" });

        await Desk.Database.AllAreSentAsync(1);
    }

    [Theory]
    [InlineData("pass", "done=2 failed=1")]
    [InlineData("hold", "done=1 failed=1")]
    public async Task An_event_that_cannot_be_processed_lets_the_later_ones_pass_or_holds_them(
        string onFailure, string expected)
    {
        var ticket = Guid.CreateVersion7();
        await StartNotifierAsync(onFailure);

        await Desk.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), ticket));
        await Desk.Database.ProcessedBecomesAsync("failed=1");
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "later"));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "other"));

        await Desk.Database.ProcessedBecomesAsync(expected);
        Assert.Equal(
            onFailure == "hold" ? 1 : 0, await Desk.Database.ScalarAsync<long>("SELECT count(*) FROM held_events"));
    }

    /// <summary>The console commits a retry after the broker has it, and the notifier may be quicker.</summary>
    [Fact]
    public async Task A_retry_that_arrives_before_it_is_committed_is_not_lost()
    {
        var (ticket, first) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartNotifierAsync("hold");
        await Desk.Events.WriteAsync(TicketEvents.Poison(first, ticket));
        await Desk.Database.ProcessedBecomesAsync("failed=1");
        await using var console = await Desk.Database.Source.OpenConnectionAsync();
        await using var retry = await console.BeginTransactionAsync();
        await using (var reopen = new NpgsqlCommand(
            "UPDATE processed_events SET status = 'processing', failed_at = NULL, attempts = 0", console))
        {
            await reopen.ExecuteNonQueryAsync();
        }

        await Desk.Events.WriteAsync(TicketEvents.Created(first, ticket, "first"));
        await Eventually.SeesAsync("it has arrived",
            () => Desk.Database.ScalarAsync<long>("SELECT count(*) FROM held_events"), held => held == 1);
        await retry.CommitAsync();

        await Desk.Database.ProcessedBecomesAsync("done=1");
        Assert.Equal(["New ticket: first"], await Desk.Database.NotificationsAsync());
    }

    /// <summary>The later events arrive before and after the retry is asked for; none overtakes it.</summary>
    [Fact]
    public async Task The_later_effects_follow_the_one_that_is_retried_in_their_order()
    {
        var (ticket, first) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartNotifierAsync("hold");
        await Desk.Events.WriteAsync(TicketEvents.Poison(first, ticket));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "second"));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "third"));
        await Desk.Database.ProcessedBecomesAsync("failed=1");
        await Eventually.SeesAsync("two are held",
            () => Desk.Database.ScalarAsync<long>("SELECT count(*) FROM held_events"), held => held == 2);
        var letter = (await Client.LettersAsync(1)).GetProperty("items")[0].GetProperty("id").GetInt64();

        await Client.PostAsync($"api/dead-letters/{letter}/change", new
        {
            value = Encoding.UTF8.GetString(TicketEvents.Created(first, ticket, "first").Value),
            reason = "the title was missing",
        });
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "fourth"));

        await Desk.Database.ProcessedBecomesAsync("done=4");
        Assert.Equal(
            ["New ticket: first", "New ticket: second", "New ticket: third", "New ticket: fourth"],
            await Desk.Database.NotificationsAsync());
    }

    [Fact]
    public async Task The_later_effects_happen_when_the_failed_one_is_given_up()
    {
        var ticket = Guid.CreateVersion7();
        await StartNotifierAsync("hold");
        await Desk.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), ticket));
        await Desk.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "second"));
        await Client.LettersAsync(1);

        await Client.ActAsync(new { kind = "discard", source = "letters", all = true, reason = "a test" });

        await Desk.Database.ProcessedBecomesAsync("discarded=1 done=1");
    }

    [Theory]
    [InlineData(ServiceProcess.OutboxRelay, "OutboxRelay__OnFailure", "OutboxRelay:OnFailure is 'wait'")]
    [InlineData(ServiceProcess.Notifier, "Notifier__OnFailure", "Notifier:OnFailure is 'wait'")]
    public async Task Another_choice_stops_the_start(string project, string setting, string message)
    {
        await using var service = ChildProcess.StartProgram(project, [], Desk.Settings.Append(new(setting, "wait")));

        Assert.Equal(2, await service.ExitCodeAsync());
        Assert.Contains(message, Assert.Single(service.Output.Errors), StringComparison.Ordinal);
    }

    private Task<ServiceProcess> StartNotifierAsync(string onFailure) =>
        Desk.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"), ("Notifier__OnFailure", onFailure));
}
