using Npgsql;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>P2, the consumer's half: nothing read is lost, and nothing read twice happens twice.</summary>
public sealed class ConsumerTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private const int Events = 50;

    [Fact]
    public Task What_was_read_but_not_saved_survives_the_death_of_the_notifier() =>
        SurvivesAsync(notifier => notifier.KillAsync());

    [Fact]
    public Task What_was_read_but_not_saved_survives_the_stop_of_the_notifier() =>
        SurvivesAsync(async notifier => Assert.Equal(0, await notifier.StopAsync(TimeSpan.FromSeconds(10))));

    [LocalBrokerFact]
    public async Task A_partition_that_is_lost_in_the_middle_of_a_retry_goes_on_when_it_comes_back()
    {
        await using var system = await HoldingUpAsync();
        system.Settings["KafkaClient__heartbeat.interval.ms"] = "500";
        await SeededTopic.AddAsync(system.Events, Events);
        await using (var connection = await system.Database.Source.OpenConnectionAsync())
        await using (await HoldAsync(connection))
        {
            var notifier = await system.StartNotifierAsync();
            await notifier.Output.LineAsync(
                "that an event failed", line => line.Contains(", attempt 1 of ", StringComparison.Ordinal));
            await servers.Servers.Kafka.Breakable!.FailNextAsync("heartbeat", "UNKNOWN_MEMBER_ID", 1);
            await notifier.Output.LineAsync(
                "that it lost its partitions", line => line.Contains("Partitions lost", StringComparison.Ordinal));
        }

        await Eventually.SeesAsync(
            "every event has its effect", () => SeededTopic.EffectsAsync(system.Database), count => count == Events);
    }

    [LocalBrokerFact]
    public async Task A_partition_that_is_lost_while_its_batch_takes_long_goes_on_when_it_comes_back()
    {
        await using var system = await HoldingUpAsync(seconds: 60);
        system.Settings["KafkaClient__heartbeat.interval.ms"] = "500";
        var notifier = await system.StartNotifierAsync();
        await using (var connection = await system.Database.Source.OpenConnectionAsync())
        await using (await HoldAsync(connection))
        {
            await SeededTopic.AddAsync(system.Events, Events);
            await Eventually.SeesAsync(
                "the batch is read", notifier.MetricsAsync, m => m.Sum("notify_fetched_total") > 0);
            await servers.Servers.Kafka.Breakable!.FailNextAsync("heartbeat", "UNKNOWN_MEMBER_ID", 1);
            await notifier.Output.LineAsync(
                "that it lost its partitions", line => line.Contains("Partitions lost", StringComparison.Ordinal));
        }

        await SeededTopic.AddAsync(system.Events, Events);

        await Eventually.SeesAsync(
            "every event has its effect", () => SeededTopic.EffectsAsync(system.Database),
            count => count == 2 * Events);
    }

    [Fact]
    public async Task The_lag_grows_while_the_partitions_are_retried()
    {
        await using var system = await HoldingUpAsync();
        var notifier = await system.StartNotifierAsync();
        await using var connection = await system.Database.Source.OpenConnectionAsync();
        await using var held = await HoldAsync(connection);
        await SeededTopic.AddAsync(system.Events, Events);
        await notifier.Output.LineAsync(
            "that an event failed", line => line.Contains(", attempt 1 of ", StringComparison.Ordinal));

        await SeededTopic.AddAsync(system.Events, Events);

        await Eventually.SeesAsync(
            "the lag of what came in meanwhile", notifier.MetricsAsync, m => m.Sum("notify_lag") >= Events);
    }

    private async Task SurvivesAsync(Func<ServiceProcess, Task> end)
    {
        await using var system = await HoldingUpAsync();
        await SeededTopic.AddAsync(system.Events, Events);
        await using (var connection = await system.Database.Source.OpenConnectionAsync())
        await using (await HoldAsync(connection))
        {
            var first = await system.StartNotifierAsync();
            // The whole batch has failed and been retried by now: offsets stored too early would be committed.
            await first.Output.LineAsync(
                "that an event failed", line => line.Contains(", attempt 1 of ", StringComparison.Ordinal));
            await end(first);
        }

        await system.StartNotifierAsync();

        await Eventually.SeesAsync(
            "every event has its effect", () => SeededTopic.EffectsAsync(system.Database), count => count == Events);
    }

    /// <summary>A system in which a statement that is held up fails, soon or late.</summary>
    private async Task<ServiceDeskSystem> HoldingUpAsync(int seconds = 1)
    {
        var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        system.Settings["ConnectionStrings__servicedesk"] =
            $"{PostgresUrl.ToConnectionString(system.Database.Url)};Command Timeout={seconds}";
        system.Settings["KafkaClient__session.timeout.ms"] = "6000";
        return system;
    }

    private static async Task<NpgsqlTransaction> HoldAsync(NpgsqlConnection connection)
    {
        var held = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE", connection, held);
        await hold.ExecuteNonQueryAsync();
        return held;
    }

    [Fact]
    public async Task An_event_that_is_delivered_again_is_skipped()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers);
        var notifier = await system.StartNotifierAsync();
        var (eventId, ticket) = (Guid.NewGuid(), Guid.NewGuid());
        await system.Events.WriteAsync(SeededTopic.Event(eventId, ticket));
        await Eventually.SeesAsync("the event is processed", () => ProcessedAsync(notifier, "ok"), count => count == 1);

        await system.Events.WriteAsync(SeededTopic.Event(eventId, ticket), SeededTopic.Event(eventId, ticket));

        await Eventually.SeesAsync(
            "its copies are skipped", () => ProcessedAsync(notifier, "duplicate"), count => count == 2);
        Assert.Equal(1, await SeededTopic.EffectsAsync(system.Database));
        Assert.Equal(("done", 1), await system.Database.RowsAsync(row => (row.GetString(0), row.GetInt32(1)),
            "SELECT status, attempts FROM processed_events") is [var only] ? only : default);
        Assert.Equal(0, (await notifier.MetricsAsync()).Sum("notify_errors_total"));
        Assert.Empty(await system.DeadLetters.ReadAllAsync());
    }

    private static async Task<double?> ProcessedAsync(ServiceProcess notifier, string status) =>
        (await notifier.MetricsAsync()).Sum("notify_processed_total", ("status", status));
}
