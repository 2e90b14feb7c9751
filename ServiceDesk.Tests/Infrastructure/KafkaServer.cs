using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>The broker of the tests: KAFKA_BROKERS', or one of our own.</summary>
internal sealed class KafkaServer : IAsyncDisposable
{
    private readonly LocalKafkaProcess? _own;

    private KafkaServer(string bootstrap, LocalKafkaProcess? own) => (Bootstrap, _own) = (bootstrap, own);

    public string Bootstrap { get; }

    /// <summary>The broker itself, where it is ours to break.</summary>
    public LocalKafkaProcess? Breakable => _own;

    public static async Task<KafkaServer> StartAsync() =>
        Environment.GetEnvironmentVariable("KAFKA_BROKERS") is { Length: > 0 } given
            ? new KafkaServer(given, own: null)
            : await StartOwnAsync();

    /// <summary>A broker that nobody else uses, so that a test can break it.</summary>
    public static async Task<KafkaServer> StartOwnAsync()
    {
        var own = await LocalKafkaProcess.StartAsync();
        return new KafkaServer(own.Bootstrap, own);
    }

    public async Task<TestTopic> CreateTopicAsync(int partitions)
    {
        var topic = new TestTopic(Bootstrap, $"test-{Guid.NewGuid():N}", partitions);
        if (_own is not null)
        {
            await _own.CreateTopicAsync(topic.Name, partitions);
            return topic;
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic.Name, NumPartitions = partitions, ReplicationFactor = 1 }]);
        return topic;
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
