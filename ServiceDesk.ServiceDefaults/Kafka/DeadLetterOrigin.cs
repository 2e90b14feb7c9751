namespace ServiceDesk.ServiceDefaults.Kafka;

/// <summary>Where a dead letter comes from.</summary>
/// <param name="Topic">The topic it was, or was to be, in.</param>
/// <param name="Partition">Null when it never reached the topic.</param>
/// <param name="Offset">Null when it never reached the topic.</param>
/// <param name="Attempts">How often it was tried.</param>
public readonly record struct DeadLetterOrigin(string Topic, int? Partition, long? Offset, int Attempts);
