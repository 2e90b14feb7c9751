using ServiceDesk.Bench.Services;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Bench.Servers;

/// <summary>A separate system: a migrated database, its topics, and services with the default settings.</summary>
internal sealed class BenchSystem : IAsyncDisposable
{
    /// <summary>What the migrator gives a topic, unless told otherwise.</summary>
    public const int DefaultPartitions = 12;

    private readonly List<ServiceRun> _services = [];
    private readonly ServerAddresses _servers;
    private readonly BenchTopic _deadLetters;

    private BenchSystem(ServerAddresses servers, BenchDatabase database, BenchTopic topic, BenchTopic deadLetters) =>
        (_servers, Database, Topic, _deadLetters) = (servers, database, topic, deadLetters);

    public BenchDatabase Database { get; }

    public BenchTopic Topic { get; }

    public static async Task<BenchSystem> CreateAsync(
        ServerAddresses servers, CancellationToken cancellation, int partitions = DefaultPartitions)
    {
        var topic = await BenchTopic.CreateAsync(servers, partitions, cancellation);
        var letters = await BenchTopic.CreateAsync(servers, partitions: 1, cancellation);
        var system = new BenchSystem(servers, await BenchDatabase.CreateAsync(servers, cancellation), topic, letters);
        try
        {
            await Command.SucceedsAsync(
                "dotnet", [Programs.PathOf("ServiceDesk.Migrator")], system.Settings("none"), cancellation);
            await system.Database.ExecuteAsync(SampleSql.CreateUuid7, cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a service and waits until it is ready.</summary>
    /// <param name="project">The service.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="group">The consumer group; one of its own when it is null.</param>
    public async Task<ServiceRun> StartAsync(string project, CancellationToken cancellation, string? group = null)
    {
        var service = await ServiceRun.StartReadyAsync(project, Settings(group ?? Topic.Name), cancellation);
        _services.Add(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await Database.DisposeAsync();
        await Topic.DisposeAsync();
        await _deadLetters.DisposeAsync();
    }

    private Dictionary<string, string> Settings(string group) => new()
    {
        ["DATABASE_URL"] = Database.Url.AbsoluteUri,
        ["KAFKA_BROKERS"] = _servers.Kafka,
        ["KAFKA_TOPIC"] = Topic.Name,
        ["KAFKA_DLQ_TOPIC"] = _deadLetters.Name,
        ["KAFKA_GROUP_ID"] = group,
    };
}
