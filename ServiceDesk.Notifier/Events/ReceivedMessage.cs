using Confluent.Kafka;

namespace ServiceDesk.Notifier.Events;

/// <summary>A message, with the event read from it, or why it can have no effect.</summary>
/// <param name="raw">As it came from Kafka.</param>
/// <param name="ticketEvent">Null when no event can be read from the message.</param>
/// <param name="refusal">Set when <paramref name="ticketEvent"/> is null.</param>
internal sealed class ReceivedMessage(
    ConsumeResult<byte[], byte[]> raw, TicketEvent? ticketEvent = null, Refusal? refusal = null)
{
    public ConsumeResult<byte[], byte[]> Raw => raw;

    public TopicPartition Partition => raw.TopicPartition;

    /// <summary>The offset to commit when this message is settled.</summary>
    public TopicPartitionOffset Next => new(raw.TopicPartition, raw.Offset + 1);

    public TicketEvent? Event => ticketEvent;

    /// <summary>Why the message goes to the dead-letter topic; null while its effect may still happen.</summary>
    public Refusal? Refusal { get; private set; } = refusal;

    /// <summary>Set once the broker has the dead letter, so that no retry writes another one.</summary>
    public bool HasDeadLetter { get; set; }

    /// <summary>It was held, and is its ticket's next now.</summary>
    public bool IsReleased { get; init; }

    /// <summary>Nothing is left to do: the effect happened, the message is a dead letter, or it is held.</summary>
    public bool IsSettled { get; set; }

    /// <summary>The event failed too often to be tried again.</summary>
    public void GiveUp(Refusal reason) => Refusal = reason;
}

/// <summary>Why a message goes to the dead-letter topic.</summary>
/// <param name="Code">One of <see cref="Clients.Kafka.DeadLetterCode"/>.</param>
/// <param name="Reason">In words.</param>
/// <param name="Attempts">How often it was tried.</param>
internal sealed record Refusal(string Code, string Reason, int Attempts = 1);
