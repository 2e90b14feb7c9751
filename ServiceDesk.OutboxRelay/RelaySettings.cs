using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay;

public sealed class RelaySettings : ISettings
{
    private const string Binary = "binary";
    private const string Structured = "structured";

    public static string Section => "OutboxRelay";

    /// <summary>Events claimed, published and marked together, at most. Batches grow to this size in a
    /// backlog.</summary>
    public int BatchSize { get; set; } = 2_000;

    /// <summary>Batches under way at once, at most: while one waits for the broker, the next is claimed. More of them
    /// help where the broker is far away, and make each claim dearer: it has to pass over what is under way.</summary>
    public int BatchesInFlight { get; set; } = 4;

    /// <summary>How often an idle relay looks when no hint wakes it.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The lease: a claim older than this belongs to nobody, and its events are claimed again.</summary>
    public TimeSpan ProcessingTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a batch waits for the broker before it is handed back.</summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Refusals by the broker before an event is failed; an unavailable broker never counts (P5).</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>First wait after a refusal; doubles with each further one, up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>"binary" for CloudEvents' attributes in headers around the plain event, "structured" for one JSON
    /// document that holds both. The notifier reads both; other consumers must be asked first.</summary>
    public string CloudEvents { get; set; } = Binary;

    public bool IsStructured => CloudEvents == Structured;

    /// <summary>What an event that failed for good does to the later ones of its ticket: "pass" lets them be published,
    /// "hold" keeps them until it is retried or discarded (P3). The same for all relays.</summary>
    public string OnFailure { get; set; } = "pass";

    public bool Holds => OnFailure == "hold";

    /// <summary>How long sent events are kept.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(1);

    public void Validate(SettingRules rules) => rules
        .InRange(BatchSize, 1, 10_000)
        .InRange(BatchesInFlight, 1, 16)
        .InRange(PollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1))
        .InRange(PublishTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
        .InRange(ProcessingTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        // A lease that ends while its own batch still waits for the broker would have every slow batch published twice.
        .Must(
            ProcessingTimeout >= 2 * PublishTimeout, ProcessingTimeout,
            $"must be at least twice PublishTimeout ({PublishTimeout})")
        .InRange(MaxAttempts, 1, 1000)
        .IsOnFailure(OnFailure)
        .InRange(Backoff, TimeSpan.FromMilliseconds(1), MaxBackoff)
        .InRange(MaxBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10))
        .Must(CloudEvents is Binary or Structured, CloudEvents, $"must be {Binary} or {Structured}")
        .InRange(Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650))
        .InRange(RetentionInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
}
