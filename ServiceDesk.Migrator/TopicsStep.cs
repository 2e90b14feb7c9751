using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

/// <summary>Makes sure that the topics exist and keep the promises. One that is there is never changed, so a broker
/// that cannot create topics will do as long as it has them.</summary>
internal static class TopicsStep
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        var config = new AdminClientConfig { BootstrapServers = plan.Brokers };
        KafkaExtensions.Configure(config, "migrator", plan.Configuration);
        // librdkafka logs every refused connection while a broker comes up; the wait below says it once.
        using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        List<TopicMetadata> known = [];
        await Startup.WaitAsync("Kafka", plan.Settings.StartTimeout, e => e is KafkaException, () => Task.Run(() =>
            known = admin.GetMetadata(RequestLimit).Topics, cancellation), cancellation);

        var kafka = plan.Kafka;
        await EnsureAsync(
            admin, known, Events(kafka), (t, s) => TopicRules.Events(t, s, kafka, plan.EventMemory), cancellation);
        await EnsureAsync(admin, known, Letters(kafka), (t, s) => TopicRules.Letters(t, s, kafka), cancellation);
    }

    private static TopicSpecification Events(KafkaSettings kafka) =>
        Topic(kafka.Topic, kafka.Partitions, kafka.ReplicationFactor, $"{kafka.TopicRetention.TotalMilliseconds:0}");

    private static TopicSpecification Letters(KafkaSettings kafka) =>
        Topic(
            kafka.DeadLetterTopic, KafkaSettings.DeadLetterPartitions, kafka.ReplicationFactor,
            $"{kafka.DeadLetterRetention.TotalMilliseconds:0}");

    private static TopicSpecification Topic(string name, int partitions, short replicas, string retention) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = replicas,
        Configs = new()
        {
            ["retention.ms"] = retention,
            ["cleanup.policy"] = "delete",
            ["min.insync.replicas"] = $"{TopicRules.MinInSync(replicas)}",
        },
    };

    private static async Task EnsureAsync(
        IAdminClient admin, List<TopicMetadata> known, TopicSpecification topic,
        Func<TopicMetadata, IReadOnlyDictionary<string, string>, IEnumerable<TopicProblem>> rules,
        CancellationToken cancellation)
    {
        if (known.Find(t => t.Topic == topic.Name) is { } there)
        {
            Report.Progress($"topic {topic.Name} exists");
            Judge(topic.Name, [.. rules(there, await SettingsAsync(admin, topic.Name, cancellation))]);
            return;
        }

        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = RequestLimit * 2 })
                .WaitAsync(cancellation);
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
                $"topic {topic.Name} is missing and cannot be created: {reason}. Create it with " +
                $"{topic.NumPartitions} partitions and run this again", refused);
        }
    }

    /// <exception cref="MigrationException">With these settings events would be lost or happen twice (P2).</exception>
    private static void Judge(string topic, List<TopicProblem> problems)
    {
        problems.FindAll(p => !p.Loses).ForEach(p => Report.Warning($"topic {topic}: {p}"));
        if (problems.FindAll(p => p.Loses) is { Count: > 0 } losses)
        {
            throw new MigrationException(
                $"topic {topic}: {string.Join("; ", losses)}. Change the topic, or the setting, and run this again");
        }
    }

    /// <returns>Nothing where the broker tells nothing.</returns>
    private static async Task<IReadOnlyDictionary<string, string>> SettingsAsync(
        IAdminClient admin, string topic, CancellationToken cancellation)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        try
        {
            var limits = new DescribeConfigsOptions { RequestTimeout = RequestLimit };
            var described = await admin.DescribeConfigsAsync([resource], limits).WaitAsync(cancellation);
            return described[0].Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value);
        }
        catch (KafkaException unsupported) when (unsupported.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            Report.Detail($"topic {topic}: this broker cannot tell its settings, so they are not compared");
        }
        catch (KafkaException refused)
        {
            var reason = (refused as DescribeConfigsException)?.Results[0].Error.Reason ?? refused.Error.Reason;
            Report.Warning($"topic {topic}: its settings cannot be read, so they are not compared: {reason}");
        }

        return new Dictionary<string, string>();
    }
}
