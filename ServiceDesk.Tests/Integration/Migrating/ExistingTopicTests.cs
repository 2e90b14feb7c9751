using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Migrating;

/// <summary>Topics that are there before the migrator comes, on a broker that tells their settings.</summary>
public sealed class ExistingTopicTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private readonly string _events = $"test-{Guid.NewGuid():N}";
    private TestDatabase _database = null!;

    public Task InitializeAsync()
    {
        _database = fixture.Servers.Postgres.Absent();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [RealBrokerFact]
    public async Task One_that_loses_events_ends_the_migration_with_setting_value_and_wanted()
    {
        await CreateAsync(("cleanup.policy", "compact"), ("retention.ms", "3600000"));

        var run = await MigrateAsync();

        Assert.Equal(1, run.ExitCode);
        var told = Assert.Single(run.Output.Errors);
        Assert.Contains($"topic {_events}: cleanup.policy is compact, wanted delete", told, StringComparison.Ordinal);
        Assert.Contains(
            "retention.ms is 3600000 (01:00:00), wanted at least 604800000", told, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task One_that_is_read_again_after_it_was_forgotten_ends_the_migration()
    {
        await CreateAsync(("retention.ms", "-1"));

        var told = Assert.Single((await MigrateAsync()).Output.Errors);
        Assert.Contains("retention.ms is -1 (for ever)", told, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task One_that_serves_worse_is_warned_of_and_one_that_the_migrator_made_is_not()
    {
        await CreateAsync(("retention.bytes", "1073741824"));

        var warned = await MigrateAsync();
        Assert.Equal(0, warned.ExitCode);
        var warnings = warned.Output.Standard.Where(IsWarning).ToList();
        Assert.Contains(warnings, line => line.Contains("partitions is 2, wanted 12", StringComparison.Ordinal));
        Assert.Contains(warnings, line => line.Contains("retention.bytes is 1073741824", StringComparison.Ordinal));

        var own = $"test-{Guid.NewGuid():N}";
        Assert.Equal(0, (await MigrateAsync(own)).ExitCode);
        var again = await MigrateAsync(own);
        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain(again.Output.Standard, IsWarning);
    }

    private static bool IsWarning(string line) => line.Contains("\"LogLevel\":\"Warning\"", StringComparison.Ordinal);

    private async Task CreateAsync(params (string Name, string Value)[] settings)
    {
        var config = new AdminClientConfig { BootstrapServers = fixture.Servers.Kafka.Bootstrap };
        using var admin = new AdminClientBuilder(config).Build();
        await admin.CreateTopicsAsync([new TopicSpecification
        {
            Name = _events,
            NumPartitions = 2,
            ReplicationFactor = 1,
            Configs = settings.ToDictionary(s => s.Name, s => s.Value),
        }]);
    }

    private Task<MigratorRun> MigrateAsync(string? events = null) => MigratorRun.RunAsync(new()
    {
        ["DATABASE_URL"] = _database.Url,
        ["KAFKA_BROKERS"] = fixture.Servers.Kafka.Bootstrap,
        ["KAFKA_TOPIC"] = events ?? _events,
        ["KAFKA_DLQ_TOPIC"] = $"{_events}.dlq",
    });
}
