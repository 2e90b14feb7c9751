using System.Diagnostics;
using System.Net;
using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Outages;

/// <summary>The database's address leads to another server for a while, or for ever; a session that cannot write is not
/// kept.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    /// <summary>From the end of a failover until everything works again.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(15);

    private TestServers _servers = null!;
    private ThrowAwayCluster _standby = null!;
    private ServiceDeskSystem _system = null!;
    private TcpForwarder? _address;

    private ThrowAwayCluster Primary => _servers.Postgres.Own!;

    public async Task InitializeAsync()
    {
        _servers = await TestServers.StartOwnAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers);
        _standby = await Primary.StartStandbyAsync();
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _standby.DisposeAsync();
        await _servers.DisposeAsync();
        if (_address is not null)
        {
            await _address.DisposeAsync();
        }
    }

    [Fact]
    public async Task After_some_seconds_on_a_standby_everything_works_again_within_seconds()
    {
        var services = await StartBehindAnAddressAsync();
        var api = new TicketClient(services[0].Http);

        _address!.LeadTo(_standby.Port);
        await PostForAsync(api, TimeSpan.FromSeconds(4));
        foreach (var service in services)
        {
            await Eventually.SeesAsync("readiness says why", service.ReadinessAsync, ready =>
                ready.Status == HttpStatusCode.ServiceUnavailable
                && ready.Body.Contains("takes no writes", StringComparison.Ordinal));
        }

        _address.LeadTo(Primary.Port);

        await WorksAsync(api, services);
        for (var request = 0; request < 75; request++)
        {
            Assert.Equal(201, (await api.PostAsync(new { title = "After the failover" })).Status);
        }
    }

    [Fact]
    public async Task A_standby_that_is_promoted_under_the_same_name_takes_over()
    {
        var services = await StartBehindAnAddressAsync();
        var api = new TicketClient(services[0].Http);
        var before = await api.CreateAsync();
        await ReplicatedAsync(before);

        await Primary.CrashAsync();
        _address!.LeadTo(_standby.Port);
        await PostForAsync(api, TimeSpan.FromSeconds(2));
        await _standby.PromoteAsync();

        await WorksAsync(api, services);
        Assert.Equal(200, (await api.GetAsync($"/tickets/{before}")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?target_session_attrs=read-write")]
    [InlineData("?target_session_attrs=primary")]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_found_wherever_it_is(string query)
    {
        _system.Settings["DATABASE_URL"] =
            $"postgres://servicedesk@127.0.0.1:{_standby.Port},127.0.0.1:{Primary.Port}/{_system.Database.Name}{query}";
        var services = await StartAsync();
        var api = new TicketClient(services[0].Http);
        await ReplicatedAsync(await api.CreateAsync());

        await Primary.CrashAsync();
        await PostForAsync(api, TimeSpan.FromSeconds(2));
        await _standby.PromoteAsync();

        await WorksAsync(api, services);
    }

    [Fact]
    public async Task Sessions_that_were_told_that_they_cannot_write_are_closed()
    {
        var services = await StartBehindAnAddressAsync();
        var api = new TicketClient(services[0].Http);
        await api.CreateAsync();
        var before = await SessionsAsync();

        await ReadOnlyAsync("on");
        // The reload takes a moment.
        var refused = await Eventually.SeesAsync(
            "no write is taken", () => api.PostAsync(new { title = "Who can write" }), a => a.Status != 201);
        refused.IsProblem(503, "database_unavailable");
        await Eventually.IsTrueAsync(
            "no session of before is left", async () => !(await SessionsAsync()).Overlaps(before));
        foreach (var service in services)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.ReadinessAsync()).Status);
        }

        await ReadOnlyAsync("off");
        await WorksAsync(api, services);
    }

    /// <summary>All services' sessions, but the one that only listens: it needs no write.</summary>
    private async Task<HashSet<int>> SessionsAsync() => [.. await _system.Database.RowsAsync(row => row.GetInt32(0),
        """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND query !~ '^LISTEN'
          AND application_name IN ('ticket-api', 'outbox-relay', 'notifier')
        """)];

    private async Task ReadOnlyAsync(string value)
    {
        await _servers.Postgres.ExecuteAsync($"ALTER SYSTEM SET default_transaction_read_only = {value}");
        await _servers.Postgres.ExecuteAsync("SELECT pg_reload_conf()");
    }

    private Task<ServiceProcess[]> StartBehindAnAddressAsync()
    {
        _address = TcpForwarder.Start(Primary.Port);
        var url = new UriBuilder(_system.Database.Url) { Port = _address.Port };
        _system.Settings["DATABASE_URL"] = url.Uri.AbsoluteUri;
        return StartAsync();
    }

    private Task<ServiceProcess[]> StartAsync() =>
        Task.WhenAll(_system.StartTicketApiAsync(), _system.StartRelayAsync(), _system.StartNotifierAsync());

    /// <summary>Requests on several connections, so that the pool has many sessions at the time.</summary>
    private static async Task PostForAsync(TicketClient api, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                await Task.WhenAll(api.PostAsync(new { title = "During the failover" }), api.GetAsync("/tickets"));
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }));
    }

    private async Task ReplicatedAsync(string ticket)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_system.Database.Source.ConnectionString)
            {
                Port = _standby.Port,
                Pooling = false,
            });
        await Eventually.IsTrueAsync("the ticket is on the standby", async () =>
        {
            await using var find = source.CreateCommand($"SELECT count(*) FROM tickets WHERE id = '{ticket}'");
            return (long)(await find.ExecuteScalarAsync())! == 1;
        });
    }

    /// <summary>A ticket is accepted, published and processed, and all are ready.</summary>
    private static async Task WorksAsync(TicketClient api, ServiceProcess[] services)
    {
        await Eventually.SeesAsync(
            "a ticket is accepted", () => api.PostAsync(new { title = "Again" }), a => a.Status == 201, Recovery);
        var done = await DoneAsync();
        await api.CreateAsync();
        await Eventually.IsTrueAsync("its event is processed", async () => await DoneAsync() > done, Recovery);
        foreach (var service in services)
        {
            await service.IsReadyAsync();
        }

        async Task<double?> DoneAsync() =>
            (await services[2].MetricsAsync()).Sum("notify_processed_total", ("status", "ok"));
    }
}
