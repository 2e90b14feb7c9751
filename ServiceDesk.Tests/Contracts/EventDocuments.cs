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
    public static void Fit(ConsumeResult<byte[], byte[]> message)
    {
        var headers = message.Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        var schema = Schemas.Value[headers["event_type"]];
        Check(schema.Value, JsonElement.Parse(message.Message.Value));
        Check(schema.Headers, JsonSerializer.SerializeToElement(headers));
        Assert.Equal(Encoding.UTF8.GetString(message.Message.Key), headers["ce_subject"]);
        Assert.Equal(TestTopic.Header(message, "event_id"), headers["ce_id"]);
    }

    public static void FitsValue(string eventType, JsonElement value) => Check(Schemas.Value[eventType].Value, value);

    private static void Check(JsonSchema schema, JsonElement value)
    {
        lock (Schemas)
        {
            var result = schema.Evaluate(value, Strict);
            Assert.True(result.IsValid, string.Join("; ", (result.Details ?? []).Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}"))) + $": {value}");
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
