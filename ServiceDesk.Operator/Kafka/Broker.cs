using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.Kafka;

/// <summary>
/// The questions to Kafka. Only those calls that real brokers and eng/LocalKafka both answer, and none that could
/// create a topic by asking for it.
/// </summary>
internal sealed class Broker(DiagSettings settings) : IDisposable
{
    private readonly IAdminClient _admin =
        new AdminClientBuilder(Configured(new AdminClientConfig(), settings))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();

    public void Dispose() => _admin.Dispose();

    public IReadOnlyList<TopicMetadata> Topics() =>
        [.. _admin.GetMetadata(DiagSettings.AnswerTimeout).Topics.OrderBy(t => t.Topic, StringComparer.Ordinal)];

    public IReadOnlyList<TopicPartition> Partitions(string topic)
    {
        var metadata = Topics().FirstOrDefault(t => t.Topic == topic)
            ?? throw DiagException.NotFound($"no topic {topic} at {settings.Brokers}; diag topics lists them");
        return [.. metadata.Partitions
            .Select(p => new TopicPartition(topic, p.PartitionId))
            .OrderBy(p => p.Partition.Value)];
    }

    /// <returns>Null where the broker cannot tell: eng/LocalKafka does not know this request.</returns>
    public IReadOnlyList<GroupInfo>? Groups()
    {
        try
        {
            return [.. _admin.ListGroups(DiagSettings.AnswerTimeout).OrderBy(g => g.Group, StringComparer.Ordinal)];
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            return null;
        }
    }

    /// <summary>A producer like the services' own: acknowledged, and with the same partitions.</summary>
    public IProducer<byte[]?, byte[]> Producer() =>
        new ProducerBuilder<byte[]?, byte[]>(Configured(
            new ProducerConfig
            {
                Acks = Acks.All,
                EnableIdempotence = true,
                Partitioner = Partitioner.Murmur2Random,
                MessageTimeoutMs = (int)DiagSettings.AnswerTimeout.TotalMilliseconds,
            },
            settings))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();

    /// <summary>A consumer for looking: it joins no group and commits nothing.</summary>
    public IConsumer<byte[], byte[]> Reader(string? groupId = null) =>
        new ConsumerBuilder<byte[], byte[]>(Configured(
            new ConsumerConfig
            {
                GroupId = groupId ?? "diag",
                EnableAutoCommit = false,
                EnableAutoOffsetStore = false,
                EnablePartitionEof = true,
                AutoOffsetReset = AutoOffsetReset.Earliest,
            },
            settings))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();

    private static T Configured<T>(T config, DiagSettings settings)
        where T : ClientConfig
    {
        config.BootstrapServers = settings.Brokers;
        try
        {
            KafkaExtensions.Configure(config, "operator", settings.Configuration);
            return config;
        }
        catch (SettingsException rule)
        {
            throw DiagException.Usage(rule.Message);
        }
    }
}
