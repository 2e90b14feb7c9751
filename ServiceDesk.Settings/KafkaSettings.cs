
namespace ServiceDesk.Settings;

/// <summary>What producers, consumers and the migrator agree on. The connection string "kafka" names brokers.</summary>
public sealed class KafkaSettings : ISettings
{
    /// <summary>Dead letters are few, and nobody shares out reading them.</summary>
    public const int DeadLetterPartitions = 3;

    /// <summary>How long the notifier remembers events, unless <c>Notifier:Retention</c> says otherwise.</summary>
    public static readonly TimeSpan DefaultMemory = TimeSpan.FromDays(30);

    public static string Section => "Kafka";

    public string Topic { get; set; } = "tickets.events";

    public string DeadLetterTopic { get; set; } = "tickets.dlq";

    public string GroupId { get; set; } = "notification-service";

    /// <summary>Partitions the topic is created with: the most notifiers that can share the work.</summary>
    public int Partitions { get; set; } = 12;

    public short ReplicationFactor { get; set; } = 1;

    /// <summary>How long the topic keeps events. Consumers must remember event ids for longer.</summary>
    public TimeSpan TopicRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long dead letters wait for people, in their topic and in the console. They hold what people wrote,
    /// so not for ever.</summary>
    public TimeSpan DeadLetterRetention { get; set; } = TimeSpan.FromDays(90);

    public void Validate(SettingRules rules) => rules
        .IsTopic(Topic)
        .IsTopic(DeadLetterTopic)
        .Must(DeadLetterTopic != Topic, DeadLetterTopic, "must not be the topic of the events itself")
        .Must(GroupId.Length is > 0 and <= 255, GroupId, "must be 1 to 255 characters")
        .InRange(Partitions, 1, 1000)
        .InRange(ReplicationFactor, (short)1, (short)9)
        .InRange(TopicRetention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650))
        .InRange(DeadLetterRetention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650));
}
