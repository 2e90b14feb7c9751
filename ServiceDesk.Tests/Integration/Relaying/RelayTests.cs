using System.Text;
using System.Text.Json;
using Npgsql;
using ServiceDesk.Events;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Relaying;

public sealed class RelayTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private ServiceDeskSystem _system = null!;

    public async Task InitializeAsync() => _system = await ServiceDeskSystem.CreateAsync(fixture.Servers);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task An_event_is_published_in_the_documented_form_and_marked_sent()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var (ticket, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _system.Database.ExecuteAsync(
            """
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers, created_at)
            VALUES ($1, 'ticket', $2, 'ticket.created', '{"title": "Æ 🔥", "version": 1}',
                    $3::text::jsonb, '2024-02-29 12:34:56.789012+00')
            """, id, ticket, $$"""{"request_id":"req-1","traceparent":"{{Trace}}","tracestate":"vendor=value"}""");

        await _system.StartRelayAsync();
        await _system.Database.AllAreSentAsync(1);

        var message = Assert.Single(await _system.Events.ReadAllAsync());
        Assert.Equal(ticket.ToString(), Encoding.UTF8.GetString(message.Message.Key));
        using var value = JsonDocument.Parse(message.Message.Value);
        using var expected = JsonDocument.Parse(
            $$"""
            {
              "event_id": "{{id}}", "event_type": "ticket.created", "occurred_at": "2024-02-29T12:34:56.789012Z",
              "aggregate": "ticket", "aggregate_id": "{{ticket}}", "request_id": "req-1",
              "payload": { "title": "Æ 🔥", "version": 1 }
            }
            """);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, value.RootElement), value.RootElement.GetRawText());
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["event_id"] = id.ToString(),
                ["event_type"] = "ticket.created",
                ["ce_id"] = id.ToString(),
                ["ce_type"] = "ticket.created",
                ["ce_source"] = "/servicedesk/tickets",
                ["ce_specversion"] = "1.0",
                ["ce_time"] = "2024-02-29T12:34:56.789012Z",
                ["ce_subject"] = ticket.ToString(),
                ["ce_dataschema"] = "urn:servicedesk:events:ticket.created:1",
                ["content-type"] = "application/json",
                ["traceparent"] = Trace,
                ["tracestate"] = "vendor=value",
            },
            message.Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes())));
        Assert.Equal((1, true, true), Assert.Single(await _system.Database.RowsAsync(
            row => (row.GetInt32(0), row.GetBoolean(1), row.GetBoolean(2)),
            "SELECT attempts, sent_at <= now(), last_error IS NULL AND claim_token IS NULL FROM outbox")));
    }

    [Fact]
    public async Task Events_of_a_ticket_keep_their_order_with_several_relays()
    {
        var tickets = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        var eager = new[] { ("OUTBOX_RELAY_BATCH_SIZE", "7"), ("OUTBOX_RELAY_POLL_INTERVAL", "5ms") };
        await Task.WhenAll(_system.StartRelayAsync(eager), _system.StartRelayAsync(eager));
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(tickets.Select(ticket => _system.Database.AddEventsAsync(ticket)));
        }

        await _system.Database.AllAreSentAsync(200);

        var order = (await _system.Database.RowsAsync(
                row => (Ticket: row.GetGuid(0), Event: row.GetGuid(1)),
                "SELECT aggregate_id, event_id FROM outbox ORDER BY id"))
            .ToLookup(row => row.Ticket.ToString(), row => row.Event.ToString());
        var published = (await _system.Events.ReadAllAsync()).ToLookup(m => Encoding.UTF8.GetString(m.Message.Key));
        Assert.All(order, ticket =>
        {
            Assert.Equal(ticket, published[ticket.Key].Select(m => TestTopic.Header(m, "event_id")!).Distinct());
            Assert.Single(published[ticket.Key].Select(m => m.Partition).Distinct());
        });
    }

    [Fact]
    public async Task An_event_whose_relay_died_is_published_after_its_lease()
    {
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 3);
        await _system.Database.ExecuteAsync(
            "UPDATE outbox SET status = 'processing', claim_token = gen_random_uuid(), attempts = 1, "
            + "processing_started_at = now() - interval '1 hour'");

        var relay = await _system.StartRelayAsync();
        await _system.Database.AllAreSentAsync(3);

        Assert.Equal(
            await _system.Database.EventIdsAsync(),
            (await _system.Events.ReadAllAsync()).Select(m => TestTopic.Header(m, "event_id")!));
        (await relay.MetricsAsync()).HasAtLeast(3, "outbox_reaped_total");
    }

    /// <summary>As after a connection that broke: the claim is committed, and its relay does not know of it.</summary>
    [Fact]
    public async Task An_event_whose_claim_failed_after_its_commit_is_published_long_before_its_lease_ends()
    {
        await _system.Database.ExecuteAsync(
            """
            CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END';
            CREATE TRIGGER wait BEFORE UPDATE ON outbox FOR EACH ROW WHEN (NEW.status = 'processing')
                EXECUTE FUNCTION wait_for_the_test();
            """);
        await using var gate = await OpenAsync("SELECT pg_advisory_xact_lock(1)");
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 3);
        var relay = await _system.StartRelayAsync(("OUTBOX_RELAY_PROCESSING_TIMEOUT", "10m"));
        await IsAwaitedAsync("ExclusiveLock");

        // Queued behind the claim, this lock is granted at its commit, before the relay can read what was claimed.
        var locking = OpenAsync("LOCK TABLE outbox");
        await IsAwaitedAsync("AccessExclusiveLock");
        await gate.DisposeAsync();
        await using (await locking)
        {
            await Eventually.SeesAsync("the claim's session is ended", () => _system.Database.ScalarAsync<long>(
                """
                SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                  AND query LIKE '%FROM outbox%servicedesk.claimed%ORDER BY id%'
                """), ended => ended > 0);
            await Eventually.IsTrueAsync(
                "the claim failed", () => Task.FromResult(relay.Log("Claim failed").Count > 0));
        }

        await _system.Database.AllAreSentAsync(3);

        Assert.Equal(1, await _system.Database.ScalarAsync<int>("SELECT max(attempts) FROM outbox"));
        (await relay.MetricsAsync()).HasAtLeast(3, "outbox_reaped_total");
    }

    [Fact]
    public async Task An_event_that_is_too_large_fails_with_a_dead_letter_and_the_others_pass()
    {
        var large = (await _system.Database.AddEventsAsync(Guid.CreateVersion7(), title: new string('x', 30_000)))[0];
        await _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 5);

        var relay = await _system.StartRelayAsync(("KafkaClient__message.max.bytes", "20000"));
        await Eventually.SeesAsync(
            "all but the large one are sent", _system.Database.StatusesAsync, s => s == "failed=1 sent=5");

        Assert.Equal("failed", await _system.Database.StatusAsync(large));
        Assert.Equal(1, await _system.Database.ScalarAsync<int>("SELECT max(attempts) FROM outbox"));
        Assert.Contains(
            "MsgSizeTooLarge",
            await _system.Database.ScalarAsync<string>("SELECT last_error FROM outbox WHERE status = 'failed'"),
            StringComparison.Ordinal);
        Assert.Equal(5, (await _system.Events.ReadAllAsync()).Count);
        var letter = Assert.Single(await _system.DeadLetters.ReadAllAsync());
        var failed = await _system.Database.ScalarAsync<Guid>("SELECT event_id FROM outbox WHERE status = 'failed'");
        Assert.Equal(failed.ToString(), TestTopic.Header(letter, "event_id"));
        Assert.Contains("MsgSizeTooLarge", TestTopic.Header(letter, "dlq_reason"), StringComparison.Ordinal);
        Assert.Equal(_system.Events.Name, TestTopic.Header(letter, "dlq_topic"));
        var metrics = await relay.MetricsAsync();
        metrics.HasAtLeast(1, "outbox_dead_total", ("event_type", "ticket.created"));
        metrics.HasAtLeast(5, "outbox_published_total", ("event_type", "ticket.created"));
    }

    [Fact]
    public async Task A_hint_wakes_a_relay_long_before_its_poll()
    {
        await _system.StartRelayAsync(("OUTBOX_RELAY_POLL_INTERVAL", "1m"));
        // The relay's first look may find this one, or the hint.
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        await _system.Database.ExecuteAsync("NOTIFY outbox");
        await _system.Database.AllAreSentAsync(1);

        // This one only the hint can tell of in time.
        await _system.Database.AddEventsAsync(Guid.CreateVersion7());
        await _system.Database.ExecuteAsync("NOTIFY outbox");
        await _system.Database.AllAreSentAsync(2, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Every_series_is_there_with_0_before_the_first_event()
    {
        var metrics = await (await _system.StartRelayAsync()).MetricsAsync();

        Assert.All(["outbox_published_total", "outbox_failed_total", "outbox_dead_total"], name =>
            Assert.All(EventTypes.All, type =>
                Assert.Equal(0, metrics.Sum(name, ("event_type", type)))));
        Assert.All(["outbox_lost_claims_total", "outbox_pending", "outbox_lag_seconds"], name =>
            Assert.True(metrics.Sum(name) == 0, $"{name} is {metrics.Sum(name)}"));
    }

    [Fact]
    public async Task SIGTERM_ends_a_busy_relay_with_0_and_leaves_nothing_in_processing()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => _system.Database.AddEventsAsync(Guid.CreateVersion7(), count: 50)));
        var relay = await _system.StartRelayAsync(("OUTBOX_RELAY_BATCH_SIZE", "20"));
        await Eventually.SeesAsync(
            "some are sent", _system.Database.StatusesAsync, s => s.Contains("sent=", StringComparison.Ordinal));

        Assert.Equal(0, await relay.StopAsync(TimeSpan.FromSeconds(10)));

        Assert.DoesNotContain("processing", await _system.Database.StatusesAsync(), StringComparison.Ordinal);
        var sent = await _system.Database.RowsAsync(
            row => row.GetGuid(0).ToString(), "SELECT event_id FROM outbox WHERE status = 'sent'");
        var published = (await _system.Events.ReadAllAsync()).Select(m => TestTopic.Header(m, "event_id")!).ToHashSet();
        Assert.Subset(published, sent.ToHashSet());
        Assert.Empty(relay.Output.Errors);
    }

    private Task IsAwaitedAsync(string mode) => Eventually.IsTrueAsync(
        $"a session waits for an {mode}", () => _system.Database.ScalarAsync<bool>(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.mode = $1 AND NOT l.granted)
            """, mode));

    private async Task<NpgsqlTransaction> OpenAsync(string statement)
    {
        var connection = await _system.Database.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(statement, connection, transaction) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync();
        return transaction;
    }
}
