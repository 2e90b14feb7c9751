using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;

namespace ServiceDesk.Clients.Kafka;

/// <summary>How many bytes of a message its dead letter keeps; <c>dlq_cut_*</c> headers name what is cut.</summary>
internal sealed record DeadLetterForm(int Value, int Headers, int Key, bool NeedsKey = true)
{
    /// <summary>A reader that needs the whole message, such as a replay, must refuse such a letter.</summary>
    private const string Cut = "dlq_cut_";

    private const int MaxReason = 1000;

    /// <summary>
    /// Tried in this order until the broker takes one. A refusal is about a whole request, so the second form repeats
    /// the first for letters refused beside others, and adds the key that a compacted topic needs. The last form has
    /// the same bound whatever the message holds.
    /// </summary>
    public static readonly IReadOnlyList<DeadLetterForm> All =
    [
        new(int.MaxValue, int.MaxValue, int.MaxValue, NeedsKey: false),
        new(int.MaxValue, int.MaxValue, int.MaxValue),
        new(Value: 4096, int.MaxValue, int.MaxValue),
        new(Value: 4096, Headers: 4096, int.MaxValue),
        new(Value: 256, Headers: 0, Key: 256),
    ];

    public Message<byte[], byte[]> Write(DeadLetter letter)
    {
        var (message, origin) = (letter.Message, letter.Origin);
        var headers = new Headers();
        CopyHeaders(message.Headers, headers);
        headers.Add("dlq_code", Utf8(letter.Code));
        headers.Add("dlq_reason", Utf8(letter.Reason.Length > MaxReason ? letter.Reason[..MaxReason] : letter.Reason));
        headers.Add("dlq_topic", Utf8(origin.Topic));
        headers.Add("dlq_attempts", Utf8(origin.Attempts));
        if (origin is { Partition: { } partition, Offset: { } offset })
        {
            headers.Add("dlq_partition", Utf8(partition));
            headers.Add("dlq_offset", Utf8(offset));
        }

        return new Message<byte[], byte[]>
        {
            Key = Prefix(message.Key, Key, "key", headers) ?? (NeedsKey ? Utf8(origin.ToString()) : null!),
            Value = Prefix(message.Value, Value, "value", headers)!,
            Headers = headers,
        };
    }

    /// <summary>Keeps headers in their order: those that identify an event of ours are its first ones.</summary>
    private void CopyHeaders(Headers? from, Headers to)
    {
        var left = Headers;
        foreach (var header in from ?? [])
        {
            left -= Math.Min(left, Encoding.UTF8.GetByteCount(header.Key) + (header.GetValueBytes()?.Length ?? 0) + 1);
            if (left == 0)
            {
                to.Add($"{Cut}headers", Utf8($"{to.Count} of {from!.Count} headers"));
                return;
            }

            to.Add(header.Key, header.GetValueBytes());
        }
    }

    private static byte[]? Prefix(byte[]? whole, int length, string part, Headers headers)
    {
        if (whole is null || whole.Length <= length)
        {
            return whole;
        }

        headers.Add(
            $"{Cut}{part}",
            Utf8($"{length} of {whole.Length} bytes, sha256 {Convert.ToHexStringLower(SHA256.HashData(whole))}"));
        return whole[..length];
    }

    private static byte[] Utf8(IFormattable number) => Utf8(number.ToString(null, CultureInfo.InvariantCulture));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
