using System.Diagnostics;
using System.Net;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Outages;

/// <summary>A database that is stopped, comes late, or is not migrated yet; on servers of its own.</summary>
public sealed class DatabaseOutageTests : IAsyncLifetime
{
    private TestServers _servers = null!;

    private IStoppableDatabaseServer Postgres => _servers.Postgres.Stoppable!;

    public async Task InitializeAsync() => _servers = await TestServers.StartOwnAsync();

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task While_Postgres_is_stopped_the_api_answers_503_soon_and_afterwards_works_again()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(_servers);
        var process = await system.StartTicketApiAsync();
        var api = new TicketClient(process.Http);
        var id = await api.CreateAsync();

        await Postgres.StopAsync();
        var requests = new Func<Task<Answer>>[]
        {
            () => api.PostAsync(new { title = "Nobody listens" }),
            () => api.GetAsync($"/tickets/{id}"),
            () => api.GetAsync("/tickets"),
            () => api.ChangeStatusAsync(id, "closed"),
        };
        foreach (var request in requests.Concat(requests))
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await request();
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
            answer.IsProblem(503, "database_unavailable");
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await process.ReadinessAsync()).Status);
        Assert.Equal(200, (await api.GetAsync("/healthz")).Status);
        Assert.Equal(200, (await api.GetAsync("/metrics")).Status);

        await Postgres.StartAsync();
        await Eventually.SeesAsync(
            "a ticket is accepted again", () => api.PostAsync(new { title = "Back again" }), a => a.Status == 201);
        await process.IsReadyAsync();
        Assert.Equal(
            ["Back again", "Printer on fire"],
            await system.Database.RowsAsync(row => row.GetString(0), "SELECT title FROM tickets ORDER BY id DESC"));
        Assert.Equal(2, await system.Database.ScalarAsync<long>("SELECT count(*) FROM outbox"));
    }

    /// <summary>More callers than are let in.</summary>
    [Fact]
    public async Task While_Postgres_hangs_every_one_of_1500_callers_gets_503_in_time()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(_servers);
        var process = await system.StartTicketApiAsync();
        var api = new TicketClient(process.Http);
        await using var connection = await system.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 1500).Select(n => api.PostAsync(new { title = $"Caller {n}" })));

        // Those beyond Api:MaxRequests do not even wait.
        Assert.All(answers, answer => answer.IsProblem(
            503, answer.TextOf("code") == "overloaded" ? "overloaded" : "database_unavailable"));
        Assert.InRange(answers.Count(a => a.TextOf("code") == "database_unavailable"), 1024, 1499);
        // 4.5 s for each, and some for 1,500 requests on a busy machine; without the limit, the last come after 10 s.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Events_that_come_while_Postgres_is_stopped_are_processed_afterwards()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(_servers);
        var (relay, notifier) = (await system.StartRelayAsync(), await system.StartNotifierAsync());
        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=1");

        await Postgres.StopAsync();
        await system.Events.WriteAsync([.. Enumerable.Range(0, 10)
            .Select(_ => TicketEvents.Created(Guid.CreateVersion7(), Guid.CreateVersion7()))]);
        await Eventually.SeesAsync("the notifier tried in vain", notifier.MetricsAsync, m =>
            m.Sum("notify_errors_total", ("reason", "database")) > 3);
        Assert.All(await Task.WhenAll(relay.ReadinessAsync(), notifier.ReadinessAsync()), r =>
            Assert.Equal(HttpStatusCode.ServiceUnavailable, r.Status));
        Assert.Equal(0, (await notifier.MetricsAsync()).Sum("notify_processed_total", ("status", "dead")));

        await Postgres.StartAsync();
        await system.Database.ProcessedBecomesAsync("done=11", TimeSpan.FromSeconds(60));
        await system.Database.AddEventsAsync(Guid.CreateVersion7());
        await system.Database.ProcessedBecomesAsync("done=12", TimeSpan.FromSeconds(60));
        Assert.Equal(12, (await system.Database.NotificationsAsync()).Count);
        Assert.Empty(await system.DeadLetters.ReadAllAsync());
        await relay.IsReadyAsync();
        await notifier.IsReadyAsync();
    }

    [Fact]
    public async Task Services_that_start_before_the_migration_wait_and_get_ready_after_it()
    {
        await using var system = await ServiceDeskSystem.CreateUnmigratedAsync(_servers);
        var services = await Task.WhenAll(
            system.StartNotReadyAsync(ServiceProcess.TicketApi),
            system.StartNotReadyAsync(ServiceProcess.OutboxRelay),
            system.StartNotReadyAsync(ServiceProcess.Notifier));
        var api = new TicketClient(services[0].Http);

        foreach (var service in services)
        {
            var (status, body) = await service.ReadinessAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.True(body.Contains("run the migrator", StringComparison.Ordinal), body);
            Assert.Equal("""{"status":"ok","checks":{}}""", await service.Http.GetStringAsync("healthz"));
        }

        (await api.PostAsync(new { title = "Too early" })).IsProblem(503, "database_unavailable");

        var migration = await system.MigrateAsync();
        Assert.True(migration.ExitCode == 0, migration.Output.ToString());
        await Task.WhenAll(services.Select(s => s.IsReadyAsync()));
        await api.CreateAsync();
        await system.Database.ProcessedBecomesAsync("done=1", TimeSpan.FromSeconds(60));
        Assert.All(services[1..], service => Assert.NotEmpty(service.Log("Waiting, not ready")));
        Assert.All(services[1..], service =>
            Assert.True(service.Log("Waiting, not ready").Count <= 4, service.Output.ToString()));
    }

    [Fact]
    public async Task A_database_with_an_older_schema_is_not_ready()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(_servers);
        await system.Database.ExecuteAsync(
            "DELETE FROM schemaversions WHERE schemaversionsid = (SELECT max(schemaversionsid) FROM schemaversions)");

        var (status, body) = await (await system.StartNotReadyAsync(ServiceProcess.TicketApi)).ReadinessAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("the schema is older than this build", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Postgres_that_comes_up_late_is_waited_for_by_the_migrator_and_the_services()
    {
        await using var system = await ServiceDeskSystem.CreateUnmigratedAsync(_servers);
        await Postgres.StopAsync();
        var relay = await system.StartNotReadyAsync(ServiceProcess.OutboxRelay);
        await using var migrator = ChildProcess.StartProgram("ServiceDesk.Migrator", [], system.Settings);
        await migrator.Output.LineAsync(
            "that it waits", line => line.Contains("for Postgres", StringComparison.Ordinal));

        await Postgres.StartAsync();

        Assert.Equal(0, await migrator.ExitCodeAsync());
        await relay.IsReadyAsync();
    }
}
