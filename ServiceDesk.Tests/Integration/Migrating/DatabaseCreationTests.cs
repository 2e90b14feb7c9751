using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Migrating;

/// <summary>The migrator looks at its own database first, makes it where it is missing, and always in UTF8.</summary>
public sealed class DatabaseCreationTests(ServersFixture shared) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private readonly List<DatabaseServer> _owned = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_that_is_there_is_migrated_by_who_may_connect_to_no_other()
    {
        var postgres = await StartAsync();
        await postgres.ExecuteAsync("CREATE ROLE owner LOGIN CREATEROLE");
        var database = await postgres.CreateEmptyAsync();
        await postgres.ExecuteAsync($"ALTER DATABASE {database.Name} OWNER TO owner");
        await postgres.ExecuteAsync("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");

        var run = await MigrateAsync(database, "owner");

        Assert.True(run.ExitCode == 0, run.Output.ToString());
    }

    [Theory]
    [InlineData("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC")]
    [InlineData("ALTER DATABASE postgres RENAME TO elsewhere")]
    public async Task A_missing_database_is_created_although_postgres_is_closed(string closed)
    {
        var postgres = await StartAsync();
        var database = await postgres.CreateEmptyAsync();
        await postgres.ExecuteAsync("CREATE ROLE admin LOGIN CREATEDB CREATEROLE");
        await database.ExecuteAsync(closed);

        var run = await MigrateAsync(postgres.Absent(), "admin");

        Assert.True(run.ExitCode == 0, run.Output.ToString());
    }

    [Fact]
    public async Task A_missing_database_that_may_not_be_created_is_asked_for_with_the_statement()
    {
        var postgres = await StartAsync();
        await postgres.ExecuteAsync("CREATE ROLE nobody LOGIN");
        var database = postgres.Absent();

        var run = await MigrateAsync(database, "nobody");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"CREATE DATABASE \"{database.Name}\" ENCODING 'UTF8' TEMPLATE template0 OWNER \"nobody\"",
            Assert.Single(run.Output.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SQL_ASCII")]
    [InlineData("LATIN1")]
    public async Task A_database_that_is_not_UTF8_is_refused_and_a_new_one_is_UTF8(string encoding)
    {
        var postgres = await StartAsync(encoding);

        var refused = await MigrateAsync(await postgres.CreateEmptyAsync(), "servicedesk");
        Assert.Equal(1, refused.ExitCode);
        var told = Assert.Single(refused.Output.Errors);
        Assert.Contains($"has the encoding {encoding}", told, StringComparison.Ordinal);
        Assert.Contains("ENCODING 'UTF8' TEMPLATE template0", told, StringComparison.Ordinal);

        var created = postgres.Absent();
        var run = await MigrateAsync(created, "servicedesk");
        Assert.True(run.ExitCode == 0, run.Output.ToString());
        Assert.Equal("UTF8", await created.ScalarAsync<string>("SHOW server_encoding"));
        var settings = new Dictionary<string, string> { ["DATABASE_URL"] = created.Url };
        await using var api = await ServiceProcess.StartReadyAsync(ServiceProcess.TicketApi, settings);
        var answer = await new TicketClient(api.Http).PostAsync(new { title = "Café closed" });
        Assert.Equal(201, answer.Status);
        Assert.Equal("Café closed", answer.TextOf("title"));
    }

    private async Task<DatabaseServer> StartAsync(string encoding = "UTF8")
    {
        var postgres = await DatabaseServer.StartOwnAsync(encoding);
        _owned.Add(postgres);
        return postgres;
    }

    private async Task<MigratorRun> MigrateAsync(TestDatabase database, string user)
    {
        var kafka = shared.Servers.Kafka;
        return await MigratorRun.RunAsync(new()
        {
            ["DATABASE_URL"] = new UriBuilder(database.Url) { UserName = user }.Uri.AbsoluteUri,
            ["KAFKA_BROKERS"] = kafka.Bootstrap,
            ["KAFKA_TOPIC"] = (await kafka.CreateTopicAsync(partitions: 1)).Name,
            ["KAFKA_DLQ_TOPIC"] = (await kafka.CreateTopicAsync(partitions: 1)).Name,
        });
    }
}
