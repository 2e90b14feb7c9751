using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Json.Schema;
using ServiceDesk.Events.Contracts;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The published documents about events, as files, and whether a message fits them.</summary>
internal static class EventDocuments
{
    private static readonly EvaluationOptions Strict = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private static readonly Lazy<Dictionary<string, (JsonSchema Value, JsonSchema Headers)>> Schemas = new(Load);

    public static string Folder { get; } = Path.Combine(ManifestFiles.Root, "docs", "contracts");

    public static string SchemaFile(EventContract contract) => Path.Combine(Folder, "events", contract.File);

    /// <summary>The published schema of the message's type takes its value, and AsyncAPI's its headers.</summary>
    public static void Fit(ConsumeResult<byte[], byte[]> message) => Assert.Null(Misfit(message));

    public static void FitsValue(string eventType, JsonElement value) =>
        Assert.Equal("", Errors(Schemas.Value[eventType].Value, value));

    /// <returns>Why a message is not as published; null when it is.</returns>
    public static string? Misfit(ConsumeResult<byte[], byte[]> message)
    {
        var headers = (message.Message.Headers ?? []).DistinctBy(h => h.Key)
            .ToDictionary(h => h.Key, h => h.GetValueBytes() is { } value ? Encoding.UTF8.GetString(value) : "");
        if (!Schemas.Value.TryGetValue(headers.GetValueOrDefault("event_type", ""), out var schema))
        {
            return "it has no header event_type that is published";
        }

        try
        {
            var value = JsonElement.Parse(message.Message.Value);
            var errors = Errors(schema.Value, value)
                + Errors(schema.Headers, JsonSerializer.SerializeToElement(headers));
            var id = headers.GetValueOrDefault("event_id");
            return errors.Length > 0 ? errors
                : Encoding.UTF8.GetString(message.Message.Key) != headers["ce_subject"] ? "its key is not ce_subject"
                : value.GetProperty("event_id").GetString() != id || headers["ce_id"] != id ? "its ids differ"
                : null;
        }
        catch (Exception foreign) when (foreign is JsonException or ArgumentNullException)
        {
            return foreign.Message;
        }
    }

    private static string Errors(JsonSchema schema, JsonElement value)
    {
        lock (Schemas)
        {
            var result = schema.Evaluate(value, Strict);
            return result.IsValid ? "" : string.Join("; ", (result.Details ?? []).Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}"))) + $": {value}";
        }
    }

    private static Dictionary<string, (JsonSchema Value, JsonSchema Headers)> Load()
    {
        var messages = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "asyncapi.v1.json")))!
            ["components"]!["messages"]!.AsObject();
        return messages.ToDictionary(m => m.Key, m => (
            JsonSchema.FromText(
                File.ReadAllText(Path.Combine(Folder, m.Value!["payload"]!["$ref"]!.GetValue<string>()))),
            JsonSchema.FromText(m.Value!["headers"]!.ToJsonString())));
    }
}
