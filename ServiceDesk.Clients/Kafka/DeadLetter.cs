using Confluent.Kafka;

namespace ServiceDesk.Clients.Kafka;

/// <summary>A message that can never be published or processed, and why.</summary>
/// <param name="Message">As it was.</param>
/// <param name="Code">For programs, one of <see cref="DeadLetterCode"/>.</param>
/// <param name="Reason">For people.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record DeadLetter(Message<byte[], byte[]> Message, string Code, string Reason, DeadLetterOrigin Origin);

/// <summary>Values of the header <c>dlq_code</c>.</summary>
public static class DeadLetterCode
{
    /// <summary>No event can be read from the message.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>The event has a type that the consumer does not know (yet).</summary>
    public const string UnknownType = "unknown_type";

    /// <summary>The event's effect failed at every attempt.</summary>
    public const string Failed = "failed";

    /// <summary>The broker or the client refused to take the event.</summary>
    public const string Rejected = "rejected";
}

/// <summary>Where a dead letter comes from.</summary>
/// <param name="Topic">The topic it was in, or should have been in.</param>
/// <param name="Partition">Null when it never reached the topic.</param>
/// <param name="Offset">Null when it never reached the topic.</param>
/// <param name="Attempts">How often it was tried.</param>
public readonly record struct DeadLetterOrigin(string Topic, int? Partition, long? Offset, int Attempts)
{
    public override string ToString() => Partition is null ? Topic : $"{Topic}/{Partition}/{Offset}";
}
