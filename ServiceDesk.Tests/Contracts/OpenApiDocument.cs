using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>The OpenAPI document of the repository, and whether an answer fits it.</summary>
internal sealed class OpenApiDocument
{
    private static readonly string[] Methods = ["get", "post", "patch", "put", "delete"];

    private static readonly EvaluationOptions Strict = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private readonly Dictionary<string, JsonSchema> _schemas = [];

    private OpenApiDocument(JsonObject root) => Root = root;

    public static string Path { get; } =
        System.IO.Path.Combine(ManifestFiles.Root, "docs", "contracts", "openapi.v1.json");

    public static OpenApiDocument Current { get; } = Read(Path);

    public JsonObject Root { get; }

    public IEnumerable<ApiOperation> Operations =>
        from path in Root["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        where Methods.Contains(method.Key)
        select new ApiOperation(this, path.Key, method.Key, path.Value!.AsObject(), method.Value!.AsObject());

    public static OpenApiDocument Read(string file) => Parse(File.ReadAllText(file));

    public static OpenApiDocument Parse(string json) => new(JsonNode.Parse(json)!.AsObject());

    public ApiOperation Operation(string id) => Operations.Single(o => o.Id == id);

    /// <summary>The node itself, or the one that its <c>$ref</c> names.</summary>
    public JsonObject Resolve(JsonNode node)
    {
        var found = node;
        while (found["$ref"] is { } reference)
        {
            found = reference.GetValue<string>()[2..].Split('/').Aggregate<string, JsonNode?>(
                Root, (parent, name) => parent?[name]) ?? throw new InvalidDataException($"nothing at {reference}");
        }

        return found.AsObject();
    }

    /// <summary>What is wrong with a value; empty if nothing is. Members that no schema names are wrong, too: what the
    /// API sends must be described.</summary>
    public string Errors(JsonNode schema, JsonElement value)
    {
        var text = schema.ToJsonString();
        lock (_schemas)
        {
            if (!_schemas.TryGetValue(text, out var compiled))
            {
                _schemas[text] = compiled = Compile(text);
            }

            var result = compiled.Evaluate(WithPlainTexts(value), Strict);
            return result.IsValid ? "" : string.Join("; ", (result.Details ?? [])
                .Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")));
        }
    }

    /// <summary>Each text that is not ASCII as one of as many code points, which JSON Schema counts. The library counts
    /// what a reader takes for one character.</summary>
    private static JsonElement WithPlainTexts(JsonElement value)
    {
        return JsonSerializer.SerializeToElement(Plain(JsonNode.Parse(value.GetRawText())));

        static JsonNode? Plain(JsonNode? node) => node switch
        {
            JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Plain(m.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Plain)]),
            JsonValue leaf when leaf.TryGetValue<string>(out var text) && !Ascii.IsValid(text) =>
                new string('x', text.EnumerateRunes().Count()),
            _ => node?.DeepClone(),
        };
    }

    private JsonSchema Compile(string schema)
    {
        var definitions = Root["components"]!["schemas"]!.DeepClone().AsObject();
        foreach (var (_, definition) in definitions)
        {
            if (definition!["properties"] is not null)
            {
                definition["additionalProperties"] = false;
            }
        }

        var whole = JsonNode.Parse(schema)!.AsObject();
        whole["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        whole["$defs"] = definitions;
        return JsonSchema.FromText(
            whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}

/// <summary>An operation of the document.</summary>
internal sealed record ApiOperation(
    OpenApiDocument Document, string Path, string Method, JsonObject PathItem, JsonObject Node)
{
    public string Id => Node["operationId"]!.GetValue<string>();

    public IEnumerable<JsonObject> Parameters =>
        ((JsonArray?)PathItem["parameters"] ?? []).Concat((JsonArray?)Node["parameters"] ?? [])
        .Select(p => Document.Resolve(p!));

    /// <summary>By media type; empty where the operation takes no body.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Bodies =>
        Node["requestBody"] is { } body ? Document.Resolve(body)["content"]!.AsObject() : [];

    public IEnumerable<(string Status, JsonObject Response)> Responses =>
        Node["responses"]!.AsObject().Select(r => (r.Key, Document.Resolve(r.Value!)));

    /// <summary>The document has the answer's status, headers, media type and body.</summary>
    public void Fits(Answer answer)
    {
        var response = Responses.SingleOrDefault(r => r.Status == $"{answer.Status}").Response;
        Assert.True(response is not null, $"{Id} does not have {answer.Status}: {answer.Text}");
        foreach (var (name, header) in (JsonObject?)response["headers"] ?? [])
        {
            HeaderFits(name, Document.Resolve(header!), answer);
        }

        if (response["content"] is not JsonObject content)
        {
            Assert.Equal("", answer.Text);
            return;
        }

        Assert.True(
            content[answer.ContentType ?? "none"] is not null, $"{Id} {answer.Status} is not {answer.ContentType}");
        var errors = Document.Errors(content[answer.ContentType!]!["schema"]!, answer.Json);
        Assert.True(errors == "", $"{Id} {answer.Status}: {errors}: {answer.Text}");
    }

    private void HeaderFits(string name, JsonObject header, Answer answer)
    {
        if (!answer.Headers.TryGetValues(name, out var values))
        {
            Assert.False((bool?)header["required"] ?? false, $"{Id} {answer.Status} has no {name}");
            return;
        }

        var value = string.Join(", ", values);
        var isNumber = header["schema"]!["type"]?.GetValue<string>() == "integer";
        var errors = Document.Errors(
            header["schema"]!, isNumber ? JsonElement.Parse(value) : JsonSerializer.SerializeToElement(value));
        Assert.True(errors == "", $"{Id} {answer.Status} {name}: {errors}: {value}");
    }
}
