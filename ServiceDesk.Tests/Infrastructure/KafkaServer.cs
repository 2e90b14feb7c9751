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

        using var admin = Admin();
        await admin.CreateTopicsAsync([Specify(topic)]);
        return topic;
    }

    /// <summary>Deletes a topic and creates it again, which the broker in memory cannot do.</summary>
    public async Task MakeAnewAsync(TestTopic topic)
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([topic.Name]);
        await Eventually.IsTrueAsync("the broker has deleted the topic, and creates it", async () =>
        {
            try
            {
                await admin.CreateTopicsAsync([Specify(topic)]);
                return true;
            }
            catch (CreateTopicsException exists) when (exists.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
            {
                return false;
            }
        });
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();

    private static TopicSpecification Specify(TestTopic topic) =>
        new() { Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = 1 };

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
