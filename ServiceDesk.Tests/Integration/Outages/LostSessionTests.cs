using System.Collections.Concurrent;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Outages;

/// <summary>Sessions end behind the pool's back, and transactions lose conflicts: no request fails for it, and nothing
/// happens twice.</summary>
public sealed class LostSessionTests : IAsyncLifetime
{
    private TestServers _servers = null!;
    private ServiceDeskSystem _system = null!;
    private TcpForwarder _address = null!;
    private TicketClient _api = null!;

    public async Task InitializeAsync()
    {
        _servers = await TestServers.StartOwnAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers);
        _address = TcpForwarder.Start(_servers.Postgres.Own!.Port);
        var url = new UriBuilder(_system.Database.Url) { Port = _address.Port };
        _system.Settings["DATABASE_URL"] = url.Uri.AbsoluteUri;
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _address.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_that_the_server_ends_when_they_are_idle_fail_no_request()
    {
        await SetAsync("idle_session_timeout", "2s");
        await NoRequestFailsAsync(EndedAsync);
    }

    [Fact]
    public async Task Sessions_that_a_firewall_forgets_fail_no_request() => await NoRequestFailsAsync(() =>
    {
        _address.CutAll();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Sessions_that_an_administrator_ends_fail_no_request() => await NoRequestFailsAsync(async () =>
    {
        var ended = await _system.Database.RowsAsync(row => row.GetInt32(0),
            """
            WITH others AS MATERIALIZED (
                SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())
            SELECT pid FROM others WHERE pg_terminate_backend(pid)
            """);
        await Eventually.IsTrueAsync("they have ended", async () => await _system.Database.ScalarAsync<bool>(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY ($1))", ended.ToArray()));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("a-key")]
    public async Task A_create_whose_answer_is_lost_is_acknowledged_and_happens_once(string? key)
    {
        await StartAsync();
        (string, string)[] headers = key is null ? [] : [("Idempotency-Key", key)];

        var answer = await LoseAnswerAsync(() => _api.PostAsync(new { title = "Committed and not told" }, headers));

        Assert.True(answer.Status == 201, answer.Text);
        Assert.Equal([(answer.TextOf("id"), 1L)], await _system.Database.RowsAsync(
            row => (row.GetGuid(0).ToString(), row.GetInt64(1)),
            "SELECT t.id, count(*) FROM tickets t JOIN outbox o ON o.aggregate_id = t.id GROUP BY t.id"));
    }

    /// <summary>Without a key nobody can tell whether the change was made.</summary>
    [Fact]
    public async Task A_change_with_a_key_whose_answer_is_lost_is_acknowledged_and_happens_once()
    {
        await StartAsync();
        var id = await _api.CreateAsync();

        var answer = await LoseAnswerAsync(
            () => _api.ChangeStatusAsync(id, "closed", ("Idempotency-Key", "a-key"), ("If-Match", "\"1\"")));

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(("closed", "\"2\""), (answer.TextOf("status"), answer.Headers.ETag!.Tag));
        Assert.Equal([1, 2], await _system.Database.RowsAsync(
            row => row.GetInt32(0), "SELECT (payload->>'version')::int FROM outbox ORDER BY id"));
    }

    [Theory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task Whatever_isolation_the_database_prefers_no_conflict_is_seen_and_order_is_kept(string isolation)
    {
        await SetAsync("default_transaction_isolation", isolation);
        await StartAsync();
        await Task.WhenAll(_system.StartRelayAsync(), _system.StartRelayAsync(), _system.StartNotifierAsync());
        var tickets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _api.CreateAsync()));

        var answers = new ConcurrentBag<int>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 12 };
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), limit, async (n, _) =>
        {
            (string, string) key = ("Idempotency-Key", $"key-{n / 8}");
            var answer = n % 2 == 0
                ? await _api.PostAsync(new { title = "Many at once" }, key)
                : await _api.ChangeStatusAsync(tickets[n % 4], n % 3 == 0 ? "open" : "in_progress", key);
            answers.Add(answer.Status);
        });

        Assert.DoesNotContain(answers, status => status >= 500);
        var events = await _system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox");
        await _system.Database.AllAreSentAsync(events);
        var published = (await _system.Events.ReadAtLeastAsync((int)events)).GroupBy(m => m.Partition.Value)
            .SelectMany(p => p.Select(m => TestTopic.Header(m, "event_id")!)).ToList();
        foreach (var ticket in tickets)
        {
            var written = await _system.Database.RowsAsync(row => row.GetGuid(0).ToString(),
                "SELECT event_id FROM outbox WHERE aggregate_id = $1 ORDER BY id", Guid.Parse(ticket));
            Assert.Equal(written, published.Where(written.Contains));
        }
    }

    /// <summary>A pool full of sessions, all of which end; then one request of each kind.</summary>
    private async Task NoRequestFailsAsync(Func<Task> endSessions)
    {
        var process = await StartAsync();
        var id = await _api.CreateAsync();
        Func<Task<Answer>>[] requests =
        [
            () => _api.PostAsync(new { title = "After the end" }),
            () => _api.GetAsync($"/tickets/{id}"),
            () => _api.GetAsync("/tickets"),
            () => _api.ChangeStatusAsync(id, "closed"),
            () => _api.GetAsync("/readyz"),
        ];
        foreach (var request in requests)
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _api.GetAsync("/tickets")));
            await endSessions();
            var answer = await request();
            Assert.True(answer.Status is 200 or 201, $"{answer.Status} {answer.Text} {process.Output}");
        }

        Assert.Equal([2L, 3L], await _system.Database.RowsAsync(row => row.GetInt64(0),
            "SELECT count(*) FROM tickets UNION ALL SELECT count(*) FROM outbox"));
    }

    /// <summary>A commit that waits for a standby that never answers is made and not acknowledged, when its session is
    /// ended.</summary>
    private async Task<Answer> LoseAnswerAsync(Func<Task<Answer>> send)
    {
        await _servers.Postgres.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await _servers.Postgres.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.IsTrueAsync("commits wait for a standby", async () =>
            await _system.Database.ScalarAsync<string>("SHOW synchronous_standby_names") == "nobody");
        var request = send();
        await Eventually.SeesAsync("the commit waited and was ended", () => _system.Database.ScalarAsync<long>(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event = 'SyncRep'
            """), ended => ended > 0);
        return await request;
    }

    private Task SetAsync(string setting, string value) =>
        _system.Database.ExecuteAsync($"ALTER DATABASE {_system.Database.Name} SET {setting} = '{value}'");

    private Task EndedAsync() =>
        Eventually.IsTrueAsync("every session has ended", async () => await SessionsAsync() == 0);

    private Task<long> SessionsAsync() => _system.Database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ticket-api'");

    private async Task<ServiceProcess> StartAsync()
    {
        var process = await _system.StartTicketApiAsync();
        _api = new TicketClient(process.Http);
        return process;
    }
}
