using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

/// <summary>Makes sure that the topics exist. One that is there is left as it is, so a broker that cannot create topics will
/// do as long as it has them.</summary>
internal static class TopicsStep
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        var config = new AdminClientConfig { BootstrapServers = plan.Brokers };
        KafkaExtensions.Configure(config, "migrator", plan.Configuration);
        // librdkafka logs every refused connection while a broker comes up; the wait below says it once.
        using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        HashSet<string> known = [];
        await Startup.WaitAsync("Kafka", plan.Settings.StartTimeout, e => e is KafkaException, () => Task.Run(() =>
            known = [.. admin.GetMetadata(RequestLimit).Topics.Select(t => t.Topic)], cancellation), cancellation);

        await EnsureAsync(admin, known, Events(plan), cancellation);
        await EnsureAsync(admin, known, Letters(plan), cancellation);
    }

    private static TopicSpecification Events(MigrationPlan plan) => new()
    {
        Name = plan.Kafka.Topic,
        NumPartitions = plan.Kafka.Partitions,
        ReplicationFactor = plan.Kafka.ReplicationFactor,
        Configs = new() { ["retention.ms"] = $"{(long)plan.Kafka.TopicRetention.TotalMilliseconds}" },
    };

    /// <summary>Dead letters wait for people, so they are kept for ever.</summary>
    private static TopicSpecification Letters(MigrationPlan plan) => new()
    {
        Name = plan.Kafka.DeadLetterTopic,
        NumPartitions = KafkaSettings.DeadLetterPartitions,
        ReplicationFactor = plan.Kafka.ReplicationFactor,
        Configs = new() { ["retention.ms"] = "-1" },
    };

    private static async Task EnsureAsync(IAdminClient admin, HashSet<string> known, TopicSpecification topic, CancellationToken cancellation)
    {
        if (known.Contains(topic.Name))
        {
            Report.Progress($"topic {topic.Name} exists");
            return;
        }

        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = RequestLimit * 2 }).WaitAsync(cancellation);
            Report.Progress($"topic {topic.Name} created with {topic.NumPartitions} partitions");
        }
        catch (CreateTopicsException raced) when (raced.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            Report.Progress($"topic {topic.Name} exists");
        }
        catch (KafkaException refused)
        {
            var reason = (refused as CreateTopicsException)?.Results[0].Error.Reason ?? refused.Error.Reason;
            throw new MigrationException(
                $"topic {topic.Name} is missing and cannot be created: {reason}. Create it with {topic.NumPartitions} partitions and run this again", refused);
        }
    }
}
