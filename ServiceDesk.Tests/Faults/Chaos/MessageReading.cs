using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Checking;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Reads from a message what the checker needs, independently of the notifier's own way to read it.</summary>
internal static class MessageReading
{
    public static TopicMessage Of(ConsumeResult<byte[], byte[]> message) => new(
        message.Partition.Value,
        message.Offset.Value,
        message.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null,
        EventId(message.Message.Value));

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
