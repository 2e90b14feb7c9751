using ServiceDesk.Settings;

namespace ServiceDesk.Notifier;

public sealed class NotifierSettings : ISettings
{
    public static string Section => "Notifier";

    /// <summary>Most messages in one transaction.</summary>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>Longest wait for more messages, counted from the first one of a batch. Messages that arrive while a
    /// batch is processed form the next one anyway.</summary>
    public TimeSpan MaxBatchAge { get; set; } = TimeSpan.Zero;

    /// <summary>How often offsets of processed messages are committed. What is not committed is delivered again after a
    /// crash, and skipped as duplicate.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Attempts to process an event before it is failed; a database that is away never counts.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>What an event that failed for good does to the later ones of its ticket: "pass" lets them have their
    /// effects, "hold" keeps them until it is retried or discarded (P3). The same for all notifiers.</summary>
    public string OnFailure { get; set; } = "pass";

    public bool Holds => OnFailure == "hold";

    /// <summary>First wait after a failure; doubles with each further one, up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the ids of processed events are remembered.</summary>
    public TimeSpan Retention { get; set; } = KafkaSettings.DefaultMemory;

    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(1);

    public void Validate(SettingRules rules) => rules
        .InRange(BatchSize, 1, 10_000)
        .InRange(MaxBatchAge, TimeSpan.Zero, TimeSpan.FromSeconds(5))
        .InRange(CommitInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1))
        .InRange(MaxAttempts, 1, 1000)
        .IsOnFailure(OnFailure)
        .InRange(Backoff, TimeSpan.FromMilliseconds(1), MaxBackoff)
        .InRange(MaxBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10))
        .InRange(Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650))
        .InRange(RetentionInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

    /// <summary>Forgetting an id while its message can still be read would repeat the effect (P2).</summary>
    /// <exception cref="SettingsException">The topic keeps messages for longer than ids are remembered.</exception>
    public void MustOutlive(KafkaSettings kafka) => new SettingRules(Section).Must(
        Retention > kafka.TopicRetention, Retention,
        $"must be longer than Kafka:TopicRetention ({kafka.TopicRetention})");
}
