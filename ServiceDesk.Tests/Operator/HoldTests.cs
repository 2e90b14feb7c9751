using System.Text;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>With OnFailure=hold an event that failed holds the later ones of its ticket, and no others, until it is
/// retried or discarded (P3).</summary>
public sealed class HoldTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private ServiceDeskSystem _system = null!;
    private OperatorClient _client = null!;

    public async Task InitializeAsync()
    {
        _system = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        _client = await OperatorClient.StartAsync(_system);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task An_event_that_cannot_be_published_holds_its_ticket_until_it_is_retried()
    {
        var ticket = Guid.CreateVersion7();
        var first = await _system.Database.AddEventsAsync(ticket, title: new string('x', 30_000));
        var later = await _system.Database.AddEventsAsync(ticket, 2);
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        (string, string)[] small = [("KafkaClient__message.max.bytes", "20000"), ("OutboxRelay__OnFailure", "hold")];
        var relay = await _system.StartRelayAsync(small);

        await Eventually.SeesAsync(
            "the other ticket goes on", _system.Database.StatusesAsync, s => s == "failed=1 pending=2 sent=1");
        await Eventually.SeesAsync(
            "two are held", async () => (await relay.MetricsAsync()).Sum("outbox_held"), held => held == 2);
        Assert.Equal("failed=1 pending=2 sent=1", await _system.Database.StatusesAsync());
        await using var diag = ChildProcess.StartProgram(ServiceProcess.Operator, ["outbox"], _system.Settings);
        await diag.ExitCodeAsync();
        Assert.Contains("Behind a failed event", diag.Output.ToString(), StringComparison.Ordinal);

        await relay.StopAsync(TimeSpan.FromSeconds(20));
        await _system.StartRelayAsync(("OutboxRelay__OnFailure", "hold"));
        await _client.ActAsync(new { kind = "retry", source = "outbox", all = true });

        await _system.Database.AllAreSentAsync(4);
        var ids = await _system.Database.RowsAsync(
            row => row.GetGuid(0).ToString(), "SELECT event_id FROM outbox WHERE id = ANY ($1) ORDER BY id",
            first.Concat(later).ToArray());
        var published = (await _system.Events.ReadAllAsync())
            .Where(m => Encoding.UTF8.GetString(m.Message.Key) == ticket.ToString())
            .Select(m => TestTopic.Header(m, "event_id"));
        Assert.Equal(ids, published);
    }

    [Fact]
    public async Task An_event_that_is_discarded_lets_the_later_ones_go()
    {
        var ticket = Guid.CreateVersion7();
        var rows = await _system.Database.AddEventsAsync(ticket, 2);
        await _system.Database.ExecuteAsync(
            "UPDATE outbox SET status = 'failed', failed_at = now() WHERE id = $1", rows[0]);
        var relay = await _system.StartRelayAsync(("OutboxRelay__OnFailure", "hold"));
        await Eventually.SeesAsync(
            "it is held", async () => (await relay.MetricsAsync()).Sum("outbox_held"), held => held == 1);

        await _client.ActAsync(new { kind = "discard", source = "outbox", all = true, reason = "a test" });

        await _system.Database.AllAreSentAsync(1);
    }

    [Theory]
    [InlineData("pass", "done=2 failed=1")]
    [InlineData("hold", "done=1 failed=1")]
    public async Task An_event_that_cannot_be_processed_lets_the_later_ones_pass_or_holds_them(
        string onFailure, string expected)
    {
        var ticket = Guid.CreateVersion7();
        await StartNotifierAsync(onFailure);

        await _system.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), ticket));
        await _system.Database.ProcessedBecomesAsync("failed=1");
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "later"));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7(), "other"));

        await _system.Database.ProcessedBecomesAsync(expected);
        Assert.Equal(
            onFailure == "hold" ? 1 : 0, await _system.Database.ScalarAsync<long>("SELECT count(*) FROM held_events"));
    }

    /// <summary>The later events arrive before and after the retry is asked for; none overtakes it.</summary>
    [Fact]
    public async Task The_later_effects_follow_the_one_that_is_retried_in_their_order()
    {
        var (ticket, first) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartNotifierAsync("hold");
        await _system.Events.WriteAsync(TicketEvents.Poison(first, ticket));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "second"));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "third"));
        await _system.Database.ProcessedBecomesAsync("failed=1");
        await Eventually.SeesAsync("two are held",
            () => _system.Database.ScalarAsync<long>("SELECT count(*) FROM held_events"), held => held == 2);
        var letter = (await _client.LettersAsync(1)).GetProperty("items")[0].GetProperty("id").GetInt64();

        await _client.PostAsync($"api/dead-letters/{letter}/change", new
        {
            value = Encoding.UTF8.GetString(TicketEvents.Created(first, ticket, "first").Value),
            reason = "the title was missing",
        });
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "fourth"));

        await _system.Database.ProcessedBecomesAsync("done=4");
        Assert.Equal(
            ["New ticket: first", "New ticket: second", "New ticket: third", "New ticket: fourth"],
            await _system.Database.NotificationsAsync());
    }

    [Fact]
    public async Task The_later_effects_happen_when_the_failed_one_is_given_up()
    {
        var ticket = Guid.CreateVersion7();
        await StartNotifierAsync("hold");
        await _system.Events.WriteAsync(TicketEvents.Poison(Guid.CreateVersion7(), ticket));
        await _system.Events.WriteAsync(TicketEvents.Created(Guid.CreateVersion7(), ticket, "second"));
        await _client.LettersAsync(1);

        await _client.ActAsync(new { kind = "discard", source = "letters", all = true, reason = "a test" });

        await _system.Database.ProcessedBecomesAsync("discarded=1 done=1");
    }

    [Theory]
    [InlineData(ServiceProcess.OutboxRelay, "OutboxRelay__OnFailure", "OutboxRelay:OnFailure is 'wait'")]
    [InlineData(ServiceProcess.Notifier, "Notifier__OnFailure", "Notifier:OnFailure is 'wait'")]
    public async Task Another_choice_stops_the_start(string project, string setting, string message)
    {
        await using var service = ChildProcess.StartProgram(project, [], _system.Settings.Append(new(setting, "wait")));

        Assert.Equal(2, await service.ExitCodeAsync());
        Assert.Contains(message, Assert.Single(service.Output.Errors), StringComparison.Ordinal);
    }

    private Task<ServiceProcess> StartNotifierAsync(string onFailure) =>
        _system.StartNotifierAsync(("NOTIFY_MAX_ATTEMPTS", "1"), ("Notifier__OnFailure", onFailure));
}
