using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Starting;

/// <summary>Behind PgBouncer in transaction mode, with Database:Pooler=transaction and nothing else, all four programs
/// work.</summary>
public sealed class PoolerTests : IAsyncLifetime
{
    private static readonly (string Project, string Login)[] Logins =
    [
        (ServiceProcess.TicketApi, "login_api"),
        (ServiceProcess.OutboxRelay, "login_relay"),
        (ServiceProcess.Notifier, "login_notifier"),
    ];

    private TestServers _servers = null!;
    private ServiceDeskSystem _system = null!;
    private PgBouncerProcess? _pooler;

    public async Task InitializeAsync()
    {
        _servers = await TestServers.StartOwnAsync();
        _system = await ServiceDeskSystem.CreateUnmigratedAsync(_servers);
        _system.Settings["Database__Pooler"] = "transaction";
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        if (_pooler is not null)
        {
            await _pooler.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }

    [PgBouncerFact]
    public async Task All_four_programs_work_and_say_loudly_that_roles_are_off()
    {
        await StartPoolerAsync();
        _system.Settings["DATABASE_URL"] = UrlOf("servicedesk");

        var runs = await Task.WhenAll(_system.MigrateAsync(), _system.MigrateAsync());
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output.ToString()));
        var services = await Task.WhenAll(Logins.Select(login => _system.StartAsync(login.Project)));

        await WorksAsync(services[0]);
        foreach (var service in services)
        {
            await service.Output.LineAsync(
                "that its role is off", line => line.Contains("does not act as", StringComparison.Ordinal));
        }
    }

    [PgBouncerFact]
    public async Task Logins_of_their_own_get_roles_and_settings_with_the_statements_that_the_services_name()
    {
        foreach (var (_, login) in Logins)
        {
            // All rights: only the role can take them away.
            await _servers.Postgres.ExecuteAsync($"CREATE ROLE {login} LOGIN SUPERUSER");
        }

        await StartPoolerAsync();
        _system.Settings["DATABASE_URL"] = UrlOf("servicedesk");
        Assert.Equal(0, (await _system.MigrateAsync()).ExitCode);
        foreach (var (project, login) in Logins)
        {
            var service = await _system.StartAsync(project, ("DATABASE_URL", UrlOf(login)));
            var line = await service.Output.LineAsync(
                "what is missing", l => l.Contains("sessions lack settings", StringComparison.Ordinal));
            await service.StopAsync(Eventually.Limit);
            foreach (var statement in StatementsIn(line))
            {
                await _servers.Postgres.ExecuteAsync(statement);
            }
        }

        await _system.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'login_%'");
        var services = await Task.WhenAll(Logins.Select(l =>
            _system.StartAsync(l.Project, ("DATABASE_URL", UrlOf(l.Login)))));
        await WorksAsync(services[0]);
        Assert.All(services, service => Assert.Empty(service.Log("Behind the pooler")));

        await _system.Database.ExecuteAsync("REVOKE INSERT ON tickets FROM servicedesk_api");
        var beyond = await new TicketClient(services[0].Http).PostAsync(new { title = "Beyond the role" });
        Assert.NotEqual(201, beyond.Status);
    }

    private static string[] StatementsIn(string line)
    {
        var message = System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString()!;
        var statements = message[(message.IndexOf("with: ", StringComparison.Ordinal) + "with: ".Length)..];
        return statements[..statements.LastIndexOf("; then", StringComparison.Ordinal)].Split("; ");
    }

    private async Task StartPoolerAsync() => _pooler = await PgBouncerProcess.StartAsync(
        _servers.Postgres.Own!.Port, ["servicedesk", .. Logins.Select(l => l.Login)]);

    private string UrlOf(string user) =>
        new UriBuilder(_system.Database.Url) { Port = _pooler!.Port, UserName = user }.Uri.AbsoluteUri;

    /// <summary>Enough requests at once that every session of the pool serves several clients.</summary>
    private async Task WorksAsync(ServiceProcess ticketApi)
    {
        var api = new TicketClient(ticketApi.Http);
        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.CreateAsync()));
        var answers = await Task.WhenAll(ids.SelectMany(id => new[]
        {
            api.ChangeStatusAsync(id, "in_progress"),
            api.GetAsync($"/tickets/{id}"),
            api.GetAsync("/tickets?status=open"),
        }));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        await _system.Database.ProcessedBecomesAsync("done=80");
    }
}
