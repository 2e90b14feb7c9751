namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Postgres and Kafka for the tests: started by the first that needs them, shared, stopped last.</summary>
internal sealed class TestServers : IAsyncDisposable
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static TestServers? _running;
    private static int _users;

    private TestServers(DatabaseServer postgres, KafkaServer kafka) => (Postgres, Kafka) = (postgres, kafka);

    public DatabaseServer Postgres { get; }

    public KafkaServer Kafka { get; }

    /// <summary>Each call must be paid back with <see cref="ReleaseAsync"/>.</summary>
    public static async Task<TestServers> AcquireAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _running ??= await StartAsync(DatabaseServer.StartSharedAsync, KafkaServer.StartAsync);
            _users++;
            return _running;
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task ReleaseAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--_users == 0 && _running is { } last)
            {
                _running = null;
                await last.DisposeAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Servers that nobody else uses, for tests that stop or break them.</summary>
    public static Task<TestServers> StartOwnAsync() =>
        StartAsync(DatabaseServer.StartOwnAsync, KafkaServer.StartOwnAsync);

    /// <summary>Servers that no other test class uses: the environment's where it names them, else our own.</summary>
    public static Task<TestServers> StartUnsharedAsync() =>
        StartAsync(DatabaseServer.StartUnsharedAsync, KafkaServer.StartAsync);

    /// <summary>A database as the migrator leaves it.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        // One at a time: the first makes the template of all.
        await Gate.WaitAsync();
        try
        {
            return await Postgres.CreateMigratedAsync(MigrateAsync);
        }
        finally
        {
            Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        await Kafka.DisposeAsync();
    }

    private static async Task<TestServers> StartAsync(
        Func<Task<DatabaseServer>> postgres, Func<Task<KafkaServer>> kafka)
    {
        var database = await postgres();
        try
        {
            return new TestServers(database, await kafka());
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private async Task MigrateAsync(TestDatabase database)
    {
        var events = await Kafka.CreateTopicAsync(partitions: 1);
        var letters = await Kafka.CreateTopicAsync(partitions: 1);
        await MigratorRun.SucceedsAsync(new()
        {
            ["DATABASE_URL"] = database.Url,
            ["KAFKA_BROKERS"] = Kafka.Bootstrap,
            ["KAFKA_TOPIC"] = events.Name,
            ["KAFKA_DLQ_TOPIC"] = letters.Name,
        });
    }
}
