using Confluent.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Kafka;

/// <summary>Copies what can never be published or processed to the dead-letter topic, with the reason.</summary>
public sealed class DeadLetters(IMessageSink sink, KafkaSettings kafka)
{
    private static readonly Error NotPersisted = new(
        ErrorCode.Local_TimedOut, "the dead letter is not known to be persisted");

    /// <summary>Sends letters together. One form of every message's letter fits into the topic (P5).</summary>
    /// <returns>For each letter, in order, why it must be sent again; null when the topic has it.</returns>
    public async Task<IReadOnlyList<Error?>> SendAsync(
        IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var outcomes = new Error?[letters.Count];
        var open = Enumerable.Range(0, letters.Count).ToList();
        foreach (var form in DeadLetterForm.All)
        {
            await Task.WhenAll(
                open.Select(async i => outcomes[i] = await SendAsync(form.Write(letters[i]), cancellationToken)));
            open.RemoveAll(i => !IsAboutTheMessage(outcomes[i]));
        }

        return outcomes;
    }

    /// <summary>Sends one letter.</summary>
    /// <exception cref="KafkaException">The letter is not safe; the caller must try again.</exception>
    public async Task SendAsync(
        Message<byte[], byte[]> message, string reason, DeadLetterOrigin origin, CancellationToken cancellationToken)
    {
        var letter = new DeadLetter(message, DeadLetterCode.Rejected, reason, origin);
        if (await SendAsync([letter], cancellationToken) is [{ } error])
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new KafkaException(error);
        }
    }

    private async Task<Error?> SendAsync(Message<byte[], byte[]> letter, CancellationToken cancellationToken)
    {
        try
        {
            var result = await sink.SendAsync(kafka.DeadLetterTopic, letter, cancellationToken);
            return result.Status == PersistenceStatus.Persisted ? null : NotPersisted;
        }
        catch (KafkaException refused)
        {
            return refused.Error;
        }
        catch (OperationCanceledException)
        {
            // The letters that were acknowledged before are still worth knowing.
            return NotPersisted;
        }
    }

    private static bool IsAboutTheMessage(Error? error) => error?.Code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord
        or ErrorCode.PolicyViolation;
}

/// <summary>Sends one message and waits until the broker has acknowledged it.</summary>
public interface IMessageSink
{
    /// <exception cref="ProduceException{TKey,TValue}">The broker or the client refused it.</exception>
    Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken);
}
