using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ServiceDesk.Bench.Servers;

/// <summary>A topic of one case, gone when it is disposed.</summary>
internal sealed class BenchTopic : IAsyncDisposable
{
    private readonly ServerAddresses _servers;

    private BenchTopic(ServerAddresses servers, int partitions) => (_servers, Partitions) = (servers, partitions);

    public string Name { get; } = $"bench-{Guid.NewGuid():N}";

    public int Partitions { get; }

    public static async Task<BenchTopic> CreateAsync(
        ServerAddresses servers, int partitions, CancellationToken cancellation)
    {
        var topic = new BenchTopic(servers, partitions);
        if (servers.IsLocalKafka)
        {
            await LocalKafka.CommandAsync(servers, $"topics?name={topic.Name}&partitions={partitions}", cancellation);
            return topic;
        }

        using var admin = topic.Admin();
        await admin.CreateTopicsAsync(
            [new TopicSpecification { Name = topic.Name, NumPartitions = partitions, ReplicationFactor = 1 }]);
        return topic;
    }

    public async ValueTask DisposeAsync()
    {
        // LocalKafka cannot delete topics; it forgets them when it ends.
        if (!_servers.IsLocalKafka)
        {
            using var admin = Admin();
            await admin.DeleteTopicsAsync([Name]);
        }
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _servers.Kafka }).Build();
}
