using System.Text;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Operator.Postgres;

namespace ServiceDesk.Operator.Actions;

/// <summary>A dead letter that is chosen and locked.</summary>
internal sealed record ChosenLetter(
    long Id, Guid? EventId, string? EventType, Guid? TicketId, byte[]? Key, byte[]? Value, string[] HeaderNames,
    byte[]?[] HeaderValues)
{
    public static ChosenLetter Read(NpgsqlDataReader row) => new(
        row.Get<long>("id"), row.Get<Guid?>("event_id"), row.Get<string>("event_type"), row.Get<Guid?>("ticket_id"),
        row.Get<byte[]>("key"), row.Get<byte[]>("value"), row.Get<string[]>("header_names")!,
        row.Get<byte[]?[]>("header_values")!);
}

/// <summary>Sends dead letters to the events' topic again: the same key, value and headers, without the dead letter's
/// additions, and with a note of where they come from if they were changed.</summary>
internal sealed class LetterSender(IMessageSink sink, CommandLine.DiagSettings kafka)
{
    private const string AddedPrefix = "dlq_";
    private const string Origin = "replay_origin";

    /// <returns>Letters that the broker refuses for good, with the reason.</returns>
    /// <exception cref="KafkaException">The broker cannot say now; nothing may be settled.</exception>
    public async Task<IReadOnlyList<(ChosenLetter Letter, string Reason)>> SendAsync(
        IReadOnlyCollection<ChosenLetter> letters, CancellationToken cancellation, string? origin = null)
    {
        var outcomes = await Task.WhenAll(letters.Select(letter => SendOneAsync(letter, origin, cancellation)));
        return [.. letters.Zip(outcomes).Where(pair => pair.Second is not null)
            .Select(pair => (pair.First, pair.Second!))];
    }

    private async Task<string?> SendOneAsync(ChosenLetter letter, string? origin, CancellationToken cancellation)
    {
        try
        {
            var sent = await sink.SendAsync(kafka.Topic, MessageOf(letter, origin), cancellation);
            return sent.Status == PersistenceStatus.Persisted ? null : throw new KafkaException(
                new Error(ErrorCode.Local_TimedOut, "the message is not known to be persisted"));
        }
        catch (KafkaException refused) when (refused.Error.Code is
            ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord
            or ErrorCode.PolicyViolation)
        {
            return refused.Error.Reason;
        }
    }

    private static Message<byte[], byte[]> MessageOf(ChosenLetter letter, string? origin)
    {
        var headers = new Headers();
        foreach (var (name, value) in letter.HeaderNames.Zip(letter.HeaderValues))
        {
            if (!name.StartsWith(AddedPrefix, StringComparison.Ordinal) && name != Origin)
            {
                headers.Add(name, value);
            }
        }

        if (origin is not null)
        {
            headers.Add(Origin, Encoding.UTF8.GetBytes(origin));
        }

        return new() { Key = letter.Key!, Value = letter.Value!, Headers = headers };
    }
}
