using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.Tests.Contracts;
using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Reads from a message what the checker needs, independently of the notifier's own way to read it.</summary>
internal static class MessageReading
{
    private const int KeptOfKeys = 256;

    public static TopicMessage Of(ConsumeResult<byte[], byte[]> message) => new(
        message.Partition.Value,
        message.Offset.Value,
        KeyOf(message.Message.Key),
        EventId(message.Message.Value),
        EventDocuments.Misfit(message));

    /// <summary>No more of it than the smallest dead letter keeps.</summary>
    public static string? KeyOf(byte[]? key) =>
        key is null ? null : Encoding.UTF8.GetString(key.AsSpan(0, Math.Min(key.Length, KeptOfKeys)));

    private static Guid? EventId(byte[]? value)
    {
        try
        {
            using var json = JsonDocument.Parse(value ?? []);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("event_id", out var id)
                && id.ValueKind == JsonValueKind.String
                && id.TryGetGuid(out var parsed) ? parsed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
