using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Migrating;

/// <summary>Servers on which nobody of ours is superuser: the migrator gives the services what they need, or says who
/// must give what. Each test has a server of its own, because roles belong to the whole server.</summary>
public sealed class ManagedServerTests : IAsyncLifetime
{
    private const string InDesk = "?options=-c%20search_path%3Ddesk";

    private static readonly string[] Roles = ["servicedesk_api", "servicedesk_relay", "servicedesk_notifier"];

    private TestServers _servers = null!;

    private DatabaseServer Postgres => _servers.Postgres;

    public async Task InitializeAsync() => _servers = await TestServers.StartOwnAsync();

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task An_administrator_without_superuser_makes_roles_that_the_services_can_take()
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEDB CREATEROLE");
        await using var system = await SystemAsync(Postgres.Absent(), "admin");

        await MigratesAsync(system);

        await WorksAsync(system);
    }

    [Fact]
    public async Task Roles_that_an_administrator_made_without_the_right_to_set_them_are_taken_all_the_same()
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEDB CREATEROLE");
        await Postgres.ExecuteAsync($"CREATE ROLE {string.Join("; CREATE ROLE ", Roles)}");
        await Postgres.ExecuteAsync($"GRANT {string.Join(", ", Roles)} TO admin WITH ADMIN OPTION");
        if (await Postgres.VersionAsync() >= 16)
        {
            await Postgres.ExecuteAsync($"GRANT {string.Join(", ", Roles)} TO admin WITH SET FALSE, INHERIT FALSE");
        }

        await using var system = await SystemAsync(Postgres.Absent(), "admin");

        await MigratesAsync(system);

        await WorksAsync(system);
    }

    [Fact]
    public async Task An_owner_who_may_not_make_roles_gets_the_statements_for_an_administrator_who_helps_at_any_time()
    {
        await using var system = await OwnedAsync();

        var refused = await system.MigrateAsync();

        Assert.Equal(1, refused.ExitCode);
        var told = Assert.Single(refused.Output.Errors);
        var statements = Roles.SelectMany(role =>
            new[] { $"CREATE ROLE {role} NOLOGIN", $"GRANT {role} TO owner" }).ToList();
        Assert.All(statements, statement => Assert.Contains(statement, told, StringComparison.Ordinal));
        var api = await system.StartNotReadyAsync(ServiceProcess.TicketApi);
        Assert.Contains("servicedesk_api", (await api.ReadinessAsync()).Body, StringComparison.Ordinal);

        foreach (var statement in statements)
        {
            await Postgres.ExecuteAsync(statement);
        }

        var helped = await MigratesAsync(system);
        Assert.Contains(helped.Output.Standard, line => line.Contains("nothing to do", StringComparison.Ordinal));
        await api.IsReadyAsync();
        await WorksAsync(system);
    }

    [Fact]
    public async Task A_database_may_lack_the_role_of_the_console_and_the_migrator_says_what_gives_it()
    {
        await using var system = await OwnedAsync();
        await Postgres.ExecuteAsync($"CREATE ROLE {string.Join("; CREATE ROLE ", Roles)}");
        await Postgres.ExecuteAsync($"GRANT {string.Join(", ", Roles)} TO owner");

        var run = await MigratesAsync(system);

        var warning = Assert.Single(run.Output.Standard, line => line.Contains("console", StringComparison.Ordinal));
        Assert.Contains("CREATE ROLE servicedesk_operator NOLOGIN", warning, StringComparison.Ordinal);
        Assert.Contains("GRANT servicedesk_operator TO owner", warning, StringComparison.Ordinal);
        await WorksAsync(system);
    }

    [Fact]
    public async Task A_right_that_was_taken_away_is_given_back_by_the_next_run()
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEDB CREATEROLE");
        await using var system = await SystemAsync(Postgres.Absent(), "admin");
        await MigratesAsync(system);
        await system.Database.ExecuteAsync("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM servicedesk_relay");
        await system.Database.ExecuteAsync("REVOKE ALL ON SCHEMA public FROM servicedesk_relay, PUBLIC");
        var relay = await system.StartNotReadyAsync(ServiceProcess.OutboxRelay);
        var (_, body) = await relay.ReadinessAsync();
        Assert.Contains("servicedesk_relay may not use the schema public", body, StringComparison.Ordinal);

        await MigratesAsync(system);

        await relay.IsReadyAsync();
        await WorksAsync(system);
    }

    [Fact]
    public async Task With_roles_switched_off_an_owner_needs_nobody()
    {
        await using var system = await OwnedAsync();
        system.Settings["Database__Role"] = "none";

        await MigratesAsync(system);

        await WorksAsync(system);
    }

    [Fact]
    public async Task A_role_of_the_sites_own_gets_the_rights_of_all_services()
    {
        await using var system = await OwnedAsync();
        await Postgres.ExecuteAsync("CREATE ROLE desk_app; GRANT desk_app TO owner");
        system.Settings["Database__Role"] = "desk_app";

        await MigratesAsync(system);

        await WorksAsync(system);
    }

    [Theory]
    [InlineData("Search Path=desk")]
    [InlineData("Options=-c search_path=desk")]
    [InlineData("Search Path='\"Our Desk\"'")]
    public async Task A_schema_of_ones_own_is_made_and_used_whether_public_is_hardened_or_not(string path)
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEDB CREATEROLE");
        await using var system = await SystemAsync(Postgres.Absent(), "admin");
        system.Settings.Remove("DATABASE_URL");
        system.Settings["ConnectionStrings__servicedesk"] =
            $"Host=127.0.0.1;Port={Postgres.Own!.Port};Database={system.Database.Name};Username=admin;{path}";

        await MigratesAsync(system);
        await system.Database.ExecuteAsync("REVOKE ALL ON SCHEMA public FROM PUBLIC");

        var name = path.Contains("Our Desk", StringComparison.Ordinal) ? "Our Desk" : "desk";
        Assert.Equal([name], await system.Database.RowsAsync(row => row.GetString(0),
            """
            SELECT DISTINCT schemaname::text FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            """));
        await WorksAsync(system, schema: $"\"{name}\".");
        var again = await MigratesAsync(system);
        Assert.Contains(again.Output.Standard, line => line.Contains("nothing to do", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_schema_that_cannot_be_made_is_asked_for_with_the_statement()
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEROLE");
        await using var system = await SystemAsync(await Postgres.CreateEmptyAsync(), "admin", InDesk);

        var refused = await system.MigrateAsync();

        Assert.Equal(1, refused.ExitCode);
        const string Statement = "CREATE SCHEMA \"desk\" AUTHORIZATION \"admin\"";
        Assert.Contains(Statement, Assert.Single(refused.Output.Errors), StringComparison.Ordinal);
        await system.Database.ExecuteAsync(Statement);
        await MigratesAsync(system);
    }

    [Fact]
    public async Task A_schema_in_which_no_table_may_be_made_is_asked_for_with_the_statement()
    {
        await Postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEROLE");
        await using var system = await SystemAsync(await Postgres.CreateEmptyAsync(), "admin");
        await system.Database.ExecuteAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");

        var refused = await system.MigrateAsync();

        Assert.Equal(1, refused.ExitCode);
        const string Statement = "GRANT USAGE, CREATE ON SCHEMA \"public\" TO \"admin\"";
        Assert.Contains(Statement, Assert.Single(refused.Output.Errors), StringComparison.Ordinal);
        await system.Database.ExecuteAsync(Statement);
        await MigratesAsync(system);
    }

    [Fact]
    public async Task A_service_that_looks_into_another_schema_says_where_the_tables_are()
    {
        await using var system = await SystemAsync(Postgres.Absent(), "servicedesk", InDesk);
        await MigratesAsync(system);
        system.Settings["DATABASE_URL"] = system.Database.Url;

        var (_, body) = await (await system.StartNotReadyAsync(ServiceProcess.TicketApi)).ReadinessAsync();

        Assert.Contains("the tables are in the schema desk", body, StringComparison.Ordinal);
    }

    private async Task<ServiceDeskSystem> OwnedAsync()
    {
        await Postgres.ExecuteAsync("CREATE ROLE owner LOGIN");
        var database = await Postgres.CreateEmptyAsync();
        await Postgres.ExecuteAsync($"ALTER DATABASE {database.Name} OWNER TO owner");
        return await SystemAsync(database, "owner");
    }

    private async Task<ServiceDeskSystem> SystemAsync(TestDatabase database, string user, string query = "")
    {
        var system = await ServiceDeskSystem.CreateOnAsync(_servers, database);
        var url = new UriBuilder(database.Url) { UserName = user, Query = query };
        system.Settings["DATABASE_URL"] = url.Uri.AbsoluteUri;
        return system;
    }

    private static async Task<MigratorRun> MigratesAsync(ServiceDeskSystem system)
    {
        var run = await system.MigrateAsync();
        Assert.True(run.ExitCode == 0, run.Output.ToString());
        return run;
    }

    /// <summary>All three services do their part.</summary>
    private static async Task WorksAsync(ServiceDeskSystem system, string schema = "")
    {
        var api = await system.StartTicketApiAsync();
        await Task.WhenAll(system.StartRelayAsync(), system.StartNotifierAsync());
        await new TicketClient(api.Http).CreateAsync();
        var done = $"SELECT count(*) FROM {schema}processed_events WHERE status = 'done'";
        await Eventually.IsTrueAsync("the ticket's event is processed",
            async () => await system.Database.ScalarAsync<long>(done) > 0);
    }
}
