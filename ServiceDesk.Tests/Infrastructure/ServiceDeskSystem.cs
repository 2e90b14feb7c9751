namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A system of its own: a migrated database, two topics, a consumer group, and any number of services on them.</summary>
internal sealed class ServiceDeskSystem : IAsyncDisposable
{
    private readonly List<ServiceProcess> _services = [];

    private ServiceDeskSystem(TestServers servers, TestDatabase database, TestTopic events, TestTopic deadLetters)
    {
        (Servers, Database, Events, DeadLetters) = (servers, database, events, deadLetters);
        Settings = new()
        {
            ["DATABASE_URL"] = database.Url,
            ["KAFKA_BROKERS"] = servers.Kafka.Bootstrap,
            ["KAFKA_TOPIC"] = events.Name,
            ["KAFKA_DLQ_TOPIC"] = deadLetters.Name,
            ["KAFKA_GROUP_ID"] = $"group-{events.Name}",
        };
    }

    public TestServers Servers { get; }

    public TestDatabase Database { get; }

    public TestTopic Events { get; }

    public TestTopic DeadLetters { get; }

    /// <summary>The environment of every service that is started here; a test may add to it before it starts one.</summary>
    public Dictionary<string, string> Settings { get; }

    public static async Task<ServiceDeskSystem> CreateAsync(TestServers servers, int partitions = 3) => new(
        servers, await servers.CreateDatabaseAsync(), await servers.Kafka.CreateTopicAsync(partitions), await servers.Kafka.CreateTopicAsync(1));

    public Task<ServiceProcess> StartTicketApiAsync() => StartAsync(ServiceProcess.TicketApi);

    public Task<ServiceProcess> StartRelayAsync() => StartAsync(ServiceProcess.OutboxRelay);

    public Task<ServiceProcess> StartNotifierAsync() => StartAsync(ServiceProcess.Notifier);

    /// <summary>Starts a service and waits until it is ready; it ends with this system at the latest.</summary>
    public async Task<ServiceProcess> StartAsync(string project)
    {
        var service = await ServiceProcess.StartReadyAsync(project, Settings);
        Own(service);
        return service;
    }

    /// <summary>As <see cref="StartAsync"/>, for a service that is not expected to get ready.</summary>
    public async Task<ServiceProcess> StartNotReadyAsync(string project)
    {
        var service = await ServiceProcess.StartAsync(project, Settings);
        Own(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await Database.DisposeAsync();
    }

    private void Own(ServiceProcess service)
    {
        lock (_services)
        {
            _services.Add(service);
        }
    }
}
