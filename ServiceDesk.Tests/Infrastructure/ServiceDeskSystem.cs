namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A separate system: a migrated database, two topics, a consumer group, and any number of services.</summary>
internal sealed class ServiceDeskSystem : IAsyncDisposable
{
    private readonly List<ServiceProcess> _services = [];

    private ServiceDeskSystem(KafkaServer kafka, TestDatabase database, TestTopic events, TestTopic deadLetters)
    {
        (Database, Events, DeadLetters) = (database, events, deadLetters);
        Settings = new()
        {
            ["DATABASE_URL"] = database.Url,
            ["KAFKA_BROKERS"] = kafka.Bootstrap,
            ["KAFKA_TOPIC"] = events.Name,
            ["KAFKA_DLQ_TOPIC"] = deadLetters.Name,
            ["KAFKA_GROUP_ID"] = $"group-{events.Name}",
        };
    }

    public TestDatabase Database { get; }

    public TestTopic Events { get; }

    public TestTopic DeadLetters { get; }

    /// <summary>The environment of every service that is started here.</summary>
    public Dictionary<string, string> Settings { get; }

    /// <param name="servers">Where it is made.</param>
    /// <param name="partitions">Of the topic of events.</param>
    /// <param name="kafka">Another broker than that of the servers, for tests that break it.</param>
    public static async Task<ServiceDeskSystem> CreateAsync(
        TestServers servers, int partitions = 3, KafkaServer? kafka = null) =>
        await CreateAsync(await servers.CreateDatabaseAsync(), kafka ?? servers.Kafka, partitions);

    /// <summary>A system whose migrator has not run yet.</summary>
    public static async Task<ServiceDeskSystem> CreateUnmigratedAsync(TestServers servers) =>
        await CreateAsync(await servers.Postgres.CreateEmptyAsync(), servers.Kafka, partitions: 3);

    /// <summary>A system on a database that may be missing.</summary>
    public static Task<ServiceDeskSystem> CreateOnAsync(TestServers servers, TestDatabase database) =>
        CreateAsync(database, servers.Kafka, partitions: 3);

    public Task<MigratorRun> MigrateAsync(params (string Name, string Value)[] settings) =>
        MigratorRun.RunAsync(With(settings));

    public Task<ServiceProcess> StartTicketApiAsync(params (string Name, string Value)[] settings) =>
        StartAsync(ServiceProcess.TicketApi, settings);

    public Task<ServiceProcess> StartRelayAsync(params (string Name, string Value)[] settings) =>
        StartAsync(ServiceProcess.OutboxRelay, settings);

    public Task<ServiceProcess> StartNotifierAsync(params (string Name, string Value)[] settings) =>
        StartAsync(ServiceProcess.Notifier, settings);

    /// <summary>Starts a service and waits until it is ready; it ends with this system at the latest.</summary>
    public async Task<ServiceProcess> StartAsync(string project, params (string Name, string Value)[] settings) =>
        Own(await ServiceProcess.StartReadyAsync(project, With(settings)));

    /// <summary>As <see cref="StartAsync"/>, for a service that is not expected to get ready.</summary>
    public async Task<ServiceProcess> StartNotReadyAsync(
        string project, params (string Name, string Value)[] settings) =>
        Own(await ServiceProcess.StartAsync(project, With(settings)));

    /// <summary>Ends every service that was started here.</summary>
    public async Task StopAllAsync()
    {
        foreach (var service in _services)
        {
            await service.KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (number, service) in _services.Index())
        {
            await service.DisposeAsync();
            await KeptLogs.KeepAsync(Events.Name, $"{number}-{service.Project}", service.Output);
        }

        await Database.DisposeAsync();
    }

    private static async Task<ServiceDeskSystem> CreateAsync(
        TestDatabase database, KafkaServer kafka, int partitions) =>
        new(kafka, database, await kafka.CreateTopicAsync(partitions), await kafka.CreateTopicAsync(partitions: 1));

    private Dictionary<string, string> With((string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Settings);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return all;
    }

    private ServiceProcess Own(ServiceProcess service)
    {
        lock (_services)
        {
            _services.Add(service);
        }

        return service;
    }
}
