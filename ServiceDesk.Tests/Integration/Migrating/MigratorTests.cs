using ServiceDesk.Migrator;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Migrating;

public sealed class MigratorTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Dictionary<string, string> _settings = null!;

    public async Task InitializeAsync()
    {
        _database = fixture.Servers.Postgres.Absent();
        _settings = new()
        {
            ["DATABASE_URL"] = _database.Url,
            ["KAFKA_BROKERS"] = fixture.Servers.Kafka.Bootstrap,
            ["KAFKA_TOPIC"] = (await fixture.Servers.Kafka.CreateTopicAsync(partitions: 1)).Name,
            ["KAFKA_DLQ_TOPIC"] = (await fixture.Servers.Kafka.CreateTopicAsync(partitions: 1)).Name,
        };
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Four_at_once_on_an_empty_server_make_one_schema_and_a_further_run_changes_nothing()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigratorRun.RunAsync(_settings)));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output.ToString()));
        var applied = await AppliedAsync();
        Assert.Equal(applied.Distinct(), applied);
        Assert.Contains("ServiceDesk.Migrator.Scripts.0001_tickets.sql", applied);
        Assert.Equal(
            [
                "change_keys", "consumed_topics", "dead_letter_positions", "dead_letters", "held_events", "instances",
                "notifications", "operator_action_events", "operator_actions", "outbox", "outbox_failed", "outbox_sent",
                "outbox_unsent", "pauses", "processed_events", "schemaversions", "tickets"],
            await _database.RowsAsync(
                row => row.GetString(0),
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"));

        var again = await MigratorRun.SucceedsAsync(_settings);

        Assert.Equal(applied, await AppliedAsync());
        Assert.Contains(again.Output.Standard, line => line.Contains("nothing to do", StringComparison.Ordinal));
        Assert.Empty(again.Output.Errors);
    }

    /// <summary>The outbox of the release before: one table, in use.</summary>
    [Fact]
    public async Task An_outbox_in_use_is_taken_apart_without_losing_a_row_an_id_or_a_right()
    {
        await MigratorRun.SucceedsAsync(_settings);
        await _database.ExecuteAsync("DROP TABLE outbox; DELETE FROM schemaversions WHERE scriptname LIKE '%.0006_%'");
        foreach (var script in new[] { "0002_outbox", "0005_outbox_blocking" })
        {
            await _database.ExecuteAsync(ScriptText(script));
        }

        await _database.ExecuteAsync(
            "GRANT INSERT ON outbox TO servicedesk_api; GRANT SELECT, UPDATE, DELETE ON outbox TO servicedesk_relay");

        var ids = await _database.AddEventsAsync(Guid.NewGuid(), count: 4);
        await _database.ExecuteAsync("UPDATE outbox SET status = 'sent', sent_at = now() WHERE id = $1", ids[0]);
        await _database.ExecuteAsync("UPDATE outbox SET status = 'failed', failed_at = now() WHERE id = $1", ids[1]);
        await _database.ExecuteAsync(
            "UPDATE outbox SET status = 'processing', claim_token = gen_random_uuid(), processing_started_at = now() "
            + "WHERE id = $1", ids[2]);
        var before = await RowsAsync();

        await MigratorRun.SucceedsAsync(_settings);

        Assert.Equal(before, await RowsAsync());
        Assert.Equal(
            ["outbox_sent sent", "outbox_unsent failed", "outbox_unsent processing", "outbox_unsent pending"],
            await _database.RowsAsync(
                row => row.GetString(0), "SELECT tableoid::regclass || ' ' || status FROM outbox ORDER BY id"));
        Assert.Equal(ids[3] + 1, (await _database.AddEventsAsync(Guid.NewGuid()))[0]);
        Assert.Equal(
            [
                "servicedesk_api INSERT outbox", "servicedesk_operator DELETE outbox",
                "servicedesk_operator SELECT outbox", "servicedesk_operator UPDATE outbox",
                "servicedesk_relay DELETE outbox", "servicedesk_relay SELECT outbox",
                "servicedesk_relay UPDATE outbox"],
            await _database.RowsAsync(row => row.GetString(0),
                """
                SELECT grantee || ' ' || privilege_type || ' ' || table_name FROM information_schema.role_table_grants
                WHERE table_name LIKE 'outbox%' AND starts_with(grantee, 'servicedesk_') ORDER BY 1
                """));

        Task<List<string>> RowsAsync() =>
            _database.RowsAsync(row => row.GetString(0), "SELECT to_jsonb(o)::text FROM outbox o ORDER BY id");
    }

    [Fact]
    public async Task A_broken_script_is_rolled_back_and_named_and_can_be_repaired()
    {
        using var scripts = new TemporaryFolder();
        scripts.Write("0100_good.sql", "CREATE TABLE site_good (id int);");
        scripts.Write("0101_broken.sql", "CREATE TABLE site_half (id int);\nSELECT no_such_column FROM site_half;");
        scripts.Write("0102_after.sql", "CREATE TABLE site_after (id int);");
        _settings["Migrator__ScriptsFolder"] = scripts.FullName;

        var broken = await MigratorRun.RunAsync(_settings);

        Assert.Equal(1, broken.ExitCode);
        var error = Assert.Single(broken.Output.Errors);
        Assert.Contains("0101_broken.sql", error, StringComparison.Ordinal);
        Assert.Contains("no_such_column", error, StringComparison.Ordinal);
        Assert.Equal(["site_good"], await SiteTablesAsync());
        Assert.Equal(
            ["site/0100_good.sql"],
            (await AppliedAsync()).Where(name => name.StartsWith("site/", StringComparison.Ordinal)));

        scripts.Write("0101_broken.sql", "CREATE TABLE site_half (id int);");
        await MigratorRun.SucceedsAsync(_settings);
        Assert.Equal(["site_after", "site_good", "site_half"], await SiteTablesAsync());
    }

    [Fact]
    public async Task A_Postgres_that_never_comes_up_ends_the_wait_with_a_reason()
    {
        _settings["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none";
        _settings["Migrator__StartTimeout"] = "00:00:01";

        var run = await MigratorRun.RunAsync(_settings);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Postgres is not usable", Assert.Single(run.Output.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_comes_up_late_is_waited_for()
    {
        await using var kafka = await KafkaServer.StartOwnAsync();
        _settings["KAFKA_BROKERS"] = kafka.Bootstrap;
        _settings["KAFKA_TOPIC"] = (await kafka.CreateTopicAsync(partitions: 1)).Name;
        _settings["KAFKA_DLQ_TOPIC"] = (await kafka.CreateTopicAsync(partitions: 1)).Name;
        await kafka.Breakable!.GoDownAsync();

        await using var migrator = ChildProcess.StartProgram("ServiceDesk.Migrator", [], _settings);
        await migrator.Output.LineAsync("that it waits", line => line.Contains("for Kafka", StringComparison.Ordinal));
        await kafka.Breakable.ComeUpAsync();

        Assert.Equal(0, await migrator.ExitCodeAsync());
    }

    [Fact]
    public async Task A_topic_that_is_missing_where_none_can_be_created_is_named()
    {
        await using var kafka = await KafkaServer.StartOwnAsync();
        _settings["KAFKA_BROKERS"] = kafka.Bootstrap;

        var run = await MigratorRun.RunAsync(_settings);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            $"topic {_settings["KAFKA_TOPIC"]} is missing", Assert.Single(run.Output.Errors), StringComparison.Ordinal);
    }

    private static string ScriptText(string name)
    {
        using var script =
            typeof(MigratorSettings).Assembly.GetManifestResourceStream($"ServiceDesk.Migrator.Scripts.{name}.sql")!;
        using var reader = new StreamReader(script);
        return reader.ReadToEnd();
    }

    private Task<List<string>> AppliedAsync() =>
        _database.RowsAsync(
            row => row.GetString(0), "SELECT scriptname::text FROM schemaversions ORDER BY schemaversionsid");

    private Task<List<string>> SiteTablesAsync() =>
        _database.RowsAsync(
            row => row.GetString(0), "SELECT tablename::text FROM pg_tables WHERE tablename LIKE 'site_%' ORDER BY 1");
}
