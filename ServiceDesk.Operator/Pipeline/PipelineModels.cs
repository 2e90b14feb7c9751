namespace ServiceDesk.Operator.Pipeline;

/// <summary>The pipeline at one moment. Counts of 10,001 mean "more than 10,000".</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="Unsent">Events that are not sent, those in flight included.</param>
/// <param name="Paused">Unsent events that a pause keeps back, of the oldest.</param>
/// <param name="Behind">Those that wait behind an event of their ticket that cannot be published.</param>
/// <param name="LagSeconds">Age of the oldest unsent event that neither keeps back.</param>
/// <param name="Held">Messages that are read and wait: paused, or behind a failed event.</param>
/// <param name="ConsumerLag">Messages that the group has not processed; null while Kafka does not tell.</param>
public sealed record PipelineFigures(
    DateTimeOffset At, long Unsent, long InFlight, long Paused, long Behind, long Failed, long DeadLetters,
    long FailedEffects, long Retrying, long Held, double LagSeconds, long? ConsumerLag, double AcceptedPerSecond,
    double SentPerSecond, double ProcessedPerSecond, int Relays, int Notifiers);

/// <summary>What is wrong, and what to do.</summary>
/// <param name="Level">error: somebody must act; paused: somebody acted.</param>
/// <param name="Links">Where on these pages.</param>
public sealed record PipelineProblem(string Level, string What, string Advice, params IReadOnlyList<ProblemLink> Links);

public sealed record ProblemLink(string Name, string Address);

public sealed record PipelineView(
    PipelineFigures? Figures, IReadOnlyList<PipelineProblem> Problems, IReadOnlyList<Pauses.Pause> Pauses,
    IReadOnlyList<PipelineSample> History);

/// <summary>A point of the charts.</summary>
public sealed record PipelineSample(
    DateTimeOffset At, double AcceptedPerSecond, double SentPerSecond, double ProcessedPerSecond, long Unsent,
    double LagSeconds, long ConsumerLag);

/// <summary>A relay or a notifier.</summary>
public sealed record Instance(
    Guid Id, string Service, string Host, int ProcessId, string Version, string Holds, DateTimeOffset StartedAt,
    DateTimeOffset SeenAt, bool IsAlive);

/// <summary>What one relay has claimed and not settled.</summary>
public sealed record ClaimHolder(string Relay, long Events, long Batches, DateTimeOffset Since);

/// <summary>A partition of the events' topic, as the group reads it.</summary>
public sealed record GroupPartition(int Partition, long? Committed, long Begin, long End, long Lag);

public sealed record WorkersView(
    IReadOnlyList<Instance> Instances, IReadOnlyList<ClaimHolder> Claims, string Group, string Topic,
    IReadOnlyList<GroupPartition>? Partitions, string? KafkaProblem);
