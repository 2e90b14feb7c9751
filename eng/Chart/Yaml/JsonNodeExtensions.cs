using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chart.Yaml;

internal static class JsonNodeExtensions
{
    /// <summary>JSON for people: quotes and brackets as they are.</summary>
    public static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = false,
    };

    /// <summary>What is at a path such as spec.template.metadata, or null.</summary>
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, (inner, name) => (inner as JsonObject)?[name]);

    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    public static long? Number(this JsonNode? node, string path) => (long?)node.At(path);

    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) =>
        (node.At(path) as JsonArray ?? []).Select(item => item!);

    public static IReadOnlyDictionary<string, string> Map(this JsonNode? node, string path) =>
        (node.At(path) as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value!.ToString());

    public static string Id(this JsonNode document) => $"{document.Text("kind")}/{document.Text("metadata.name")}";

    /// <summary>Every text in the node with the path to it.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(this JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(p => p.Value.Texts()),
        JsonArray items => items.SelectMany(i => i.Texts()),
        JsonValue value => [(value.GetPath(), value.ToString())],
        _ => [],
    };
}
