using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace ServiceDesk.Operator.Kafka;

/// <summary>A message as a person wants to see it.</summary>
internal sealed record Message(
    TopicPartitionOffset At, DateTime Time, string? Key, string? EventId, string? EventType, string Value)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>As it came, byte for byte.</summary>
    public required Message<byte[], byte[]> Raw { get; init; }

    public static Message From(ConsumeResult<byte[], byte[]> result)
    {
        var headers = result.Message.Headers?.Select(h => KeyValuePair.Create(h.Key, Text(h.GetValueBytes()) ?? ""))
            .ToArray() ?? [];
        return new(
            result.TopicPartitionOffset,
            result.Message.Timestamp.UtcDateTime,
            Text(result.Message.Key),
            Find(headers, "event_id") ?? MemberOf(result.Message.Value, "event_id"),
            Find(headers, "event_type") ?? MemberOf(result.Message.Value, "event_type"),
            Text(result.Message.Value) ?? "")
        {
            Headers = headers,
            Raw = result.Message,
        };
    }

    /// <summary>A dead letter that was too large for its topic: parts of the message are left out.</summary>
    public bool IsCut => Headers.Any(h => h.Key.StartsWith("dlq_cut_", StringComparison.Ordinal));

    public string? Header(string name) => Find(Headers, name);

    /// <summary>A member of the value, where that is a JSON object.</summary>
    public string? Member(string name) => MemberOf(Raw.Value, name);

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> headers, string name) =>
        headers.LastOrDefault(h => h.Key == name).Value;

    /// <summary>Headers are a convenience: a message of another producer may have its id in the value only.</summary>
    private static string? MemberOf(byte[]? value, string name)
    {
        try
        {
            // A dead letter may be anything, also nothing.
            using var json = JsonDocument.Parse(value ?? []);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(name, out var member)
                ? member.ToString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
