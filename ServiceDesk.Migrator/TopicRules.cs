using System.Globalization;
using Confluent.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

/// <summary>A setting of a topic that breaks a promise.</summary>
/// <param name="Setting">Kafka's name for it.</param>
/// <param name="Value">What it is.</param>
/// <param name="Wanted">What it should be.</param>
/// <param name="Consequence">What follows from it.</param>
/// <param name="Loses">Whether events would be lost or doubled, rather than served worse.</param>
internal sealed record TopicProblem(string Setting, string Value, string Wanted, string Consequence, bool Loses)
{
    public override string ToString() => $"{Setting} is {Value}, wanted {Wanted}: {Consequence}";
}

/// <summary>What a topic that somebody else made must be like.</summary>
internal static class TopicRules
{
    /// <summary>An event's payload and headers at their largest, and the envelope.</summary>
    private const long LargestEvent = 300_000;

    /// <param name="topic">The topic as the broker describes it.</param>
    /// <param name="settings">Its settings, or empty where they cannot be known.</param>
    /// <param name="kafka">What is configured.</param>
    /// <param name="memory">How long the notifier remembers an event.</param>
    public static IEnumerable<TopicProblem> Events(
        TopicMetadata topic, IReadOnlyDictionary<string, string> settings, KafkaSettings kafka, TimeSpan memory)
    {
        if (topic.Partitions.Count < kafka.Partitions)
        {
            yield return new("partitions", $"{topic.Partitions.Count}", $"{kafka.Partitions} (Kafka:Partitions)",
                "no more notifiers than that can share the work", Loses: false);
        }

        foreach (var problem in Common(topic, settings, kafka))
        {
            yield return problem;
        }

        if (Number(settings, "retention.ms") is { } retention)
        {
            if (retention < 0 || retention >= memory.TotalMilliseconds)
            {
                yield return new("retention.ms", Time(retention), $"less than {Time(memory)} (Notifier:Retention)",
                    "an event that is read again after the notifier has forgotten it would happen twice", Loses: true);
            }
            else if (retention < kafka.TopicRetention.TotalMilliseconds)
            {
                yield return new(
                    "retention.ms", Time(retention), $"at least {Time(kafka.TopicRetention)} (Kafka:TopicRetention)",
                    "a notifier that is away for longer would lose events", Loses: true);
            }
        }

        if (Number(settings, "retention.bytes") is >= 0 and var bytes)
        {
            yield return new("retention.bytes", $"{bytes}", "-1",
                "a backlog that outgrows it would lose events", Loses: false);
        }

        if (Number(settings, "max.message.bytes") is < LargestEvent and var size)
        {
            yield return new("max.message.bytes", $"{size}", $"at least {LargestEvent}",
                "large events would fail for good", Loses: false);
        }
    }

    /// <inheritdoc cref="Events"/>
    public static IEnumerable<TopicProblem> Letters(
        TopicMetadata topic, IReadOnlyDictionary<string, string> settings, KafkaSettings kafka)
    {
        foreach (var problem in Common(topic, settings, kafka))
        {
            yield return problem;
        }

        if (Number(settings, "retention.ms") is >= 0 and var retention
            && retention < kafka.DeadLetterRetention.TotalMilliseconds)
        {
            yield return new(
                "retention.ms", Time(retention),
                $"at least {Time(kafka.DeadLetterRetention)} (Kafka:DeadLetterRetention)",
                "dead letters that nobody looked at in time are lost", Loses: false);
        }
    }

    /// <summary>The fewest replicas that must have a message before it counts as sent (P4).</summary>
    public static int MinInSync(short replicationFactor) => replicationFactor >= 3 ? 2 : 1;

    private static IEnumerable<TopicProblem> Common(
        TopicMetadata topic, IReadOnlyDictionary<string, string> settings, KafkaSettings kafka)
    {
        if (settings.GetValueOrDefault("cleanup.policy") is { } policy
            && policy.Contains("compact", StringComparison.Ordinal))
        {
            yield return new("cleanup.policy", policy, "delete",
                "all but the last message of each ticket would be lost", Loses: true);
        }

        var replicas = topic.Partitions.Count == 0 ? 0 : topic.Partitions.Min(p => p.Replicas.Length);
        if (replicas < kafka.ReplicationFactor)
        {
            yield return new(
                "replication factor", $"{replicas}", $"{kafka.ReplicationFactor} (Kafka:ReplicationFactor)",
                "fewer brokers may fail than was planned", Loses: false);
        }

        if (Number(settings, "min.insync.replicas") is { } inSync)
        {
            if (inSync < MinInSync(kafka.ReplicationFactor))
            {
                yield return new("min.insync.replicas", $"{inSync}", $"{MinInSync(kafka.ReplicationFactor)}",
                    "what counts as sent may be on a single broker, and lost with it", Loses: false);
            }
            else if (inSync > replicas)
            {
                yield return new("min.insync.replicas", $"{inSync}", $"at most {replicas}, the replicas there are",
                    "nothing could be published", Loses: false);
            }
        }

        if (replicas > 1 && settings.GetValueOrDefault("unclean.leader.election.enable") == "true")
        {
            yield return new("unclean.leader.election.enable", "true", "false",
                "what counts as sent may be lost when brokers fail", Loses: false);
        }
    }

    private static long? Number(IReadOnlyDictionary<string, string> settings, string name) =>
        long.TryParse(settings.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Time(long milliseconds) =>
        milliseconds < 0 ? "-1 (for ever)" : Time(TimeSpan.FromMilliseconds(milliseconds));

    private static string Time(TimeSpan time) => $"{time.TotalMilliseconds:0} ({time:c})";
}
