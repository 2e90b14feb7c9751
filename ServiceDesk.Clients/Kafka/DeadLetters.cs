using System.Globalization;
using System.Text;
using Confluent.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

/// <summary>Copies what can never be published or processed to the dead-letter topic, with the reason in its headers.</summary>
public sealed class DeadLetters(IMessageSink sink, KafkaSettings kafka)
{
    private const int MaxReason = 1000;

    /// <exception cref="KafkaException">The copy is not safe; the caller must try again.</exception>
    public async Task SendAsync(
        Message<byte[], byte[]> message, string reason, DeadLetterOrigin origin, CancellationToken cancellationToken)
    {
        var letter = new Message<byte[], byte[]>
        {
            Key = message.Key,
            Value = message.Value,
            Headers = Headers(message, reason, origin),
        };
        try
        {
            await SendAsync(letter, cancellationToken);
        }
        catch (ProduceException<byte[], byte[]> refused) when (
            refused.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidRecord)
        {
            // Too large for this topic too: its headers still tell which event it was.
            letter.Headers.Add("dlq_value_left_out", Utf8($"{message.Value?.Length ?? 0} bytes"));
            letter.Value = [];
            await SendAsync(letter, cancellationToken);
        }
    }

    private async Task SendAsync(Message<byte[], byte[]> letter, CancellationToken cancellationToken)
    {
        var result = await sink.SendAsync(kafka.DeadLetterTopic, letter, cancellationToken);
        if (result.Status != PersistenceStatus.Persisted)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the dead letter is not known to be persisted"));
        }
    }

    private static Headers Headers(Message<byte[], byte[]> message, string reason, DeadLetterOrigin origin)
    {
        var headers = new Headers();
        foreach (var header in message.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add("dlq_reason", Utf8(reason.Length > MaxReason ? reason[..MaxReason] : reason));
        headers.Add("dlq_topic", Utf8(origin.Topic));
        headers.Add("dlq_attempts", Utf8(origin.Attempts.ToString(CultureInfo.InvariantCulture)));
        if (origin is { Partition: { } partition, Offset: { } offset })
        {
            headers.Add("dlq_partition", Utf8(partition.ToString(CultureInfo.InvariantCulture)));
            headers.Add("dlq_offset", Utf8(offset.ToString(CultureInfo.InvariantCulture)));
        }

        return headers;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>Where a dead letter comes from.</summary>
/// <param name="Topic">The topic it was, or was to be, in.</param>
/// <param name="Partition">Null when it never reached the topic.</param>
/// <param name="Offset">Null when it never reached the topic.</param>
/// <param name="Attempts">How often it was tried.</param>
public readonly record struct DeadLetterOrigin(string Topic, int? Partition, long? Offset, int Attempts);

/// <summary>Sends one message and waits until the broker has acknowledged it.</summary>
public interface IMessageSink
{
    /// <exception cref="ProduceException{TKey,TValue}">The broker or the client refused it.</exception>
    Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken);
}
