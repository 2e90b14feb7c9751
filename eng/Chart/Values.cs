using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chart;

/// <summary>The chart's settings with the values that the sources have for them.</summary>
internal sealed class Values(IReadOnlyList<Setting> settings)
{
    private readonly Dictionary<string, (JsonNode? Demo, JsonNode? Production)> _learned = [];

    /// <summary>How a template writes a setting of the sample's type.</summary>
    public static string Action(string path, JsonNode? sample) => sample?.GetValueKind() switch
    {
        JsonValueKind.Number => $"{{{{ int $.Values.{path} }}}}",
        JsonValueKind.True or JsonValueKind.False => $"{{{{ $.Values.{path} }}}}",
        _ => $"{{{{ $.Values.{path} | quote }}}}",
    };

    /// <exception cref="InvalidOperationException">It is not listed, or has another value elsewhere.</exception>
    public void Learn(string path, JsonNode? demo, JsonNode? production)
    {
        var setting = settings.SingleOrDefault(s => s.Path == path)
            ?? throw new InvalidOperationException($"{path} is not among the settings");
        if (setting.Demo == Setting.NoNumber)
        {
            // A ConfigMap has texts only.
            (demo, production) = (Number(demo), Number(production));
        }

        if (_learned.TryGetValue(path, out var known)
            && !(JsonNode.DeepEquals(known.Demo, demo) && JsonNode.DeepEquals(known.Production, production)))
        {
            throw new InvalidOperationException($"{path} has several values: {known} and {(demo, production)}");
        }

        _learned[path] = (demo, production);
    }

    public string Write(bool production)
    {
        var result = new StringBuilder(production
            ? "# What the production overlay has; for helm install --values. Written by eng/Chart.\n"
            : "# Written by eng/Chart from infra/k8s: a demo, with Postgres and Kafka in it.\n");
        var open = Array.Empty<string>();
        foreach (var setting in settings)
        {
            var (demo, other) = Of(setting);
            if (production && JsonNode.DeepEquals(demo, other))
            {
                continue;
            }

            var parts = setting.Path.Split('.');
            var common = parts.Zip(open).TakeWhile(p => p.First == p.Second).Count();
            for (var depth = Math.Min(common, parts.Length - 1); depth < parts.Length - 1; depth++)
            {
                result.Append(depth == 0 ? "\n" : "").Append(' ', 2 * depth).Append(parts[depth]).Append(":\n");
            }

            open = parts[..^1];
            Write(result, setting, production ? other : demo, parts);
        }

        return result.ToString();
    }

    /// <summary>A JSON Schema that knows every setting and no other.</summary>
    public string Schema()
    {
        var root = Object("Values of the chart.");
        foreach (var setting in settings)
        {
            var parts = setting.Path.Split('.');
            var properties = root["properties"]!.AsObject();
            foreach (var part in parts[..^1])
            {
                properties = (properties[part] ??= Object(null))["properties"]!.AsObject();
            }

            properties[parts[^1]] = SchemaOf(setting);
        }

        root.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        return root.ToJsonString(new(JsonNodeExtensions.Readable) { WriteIndented = true }) + "\n";
    }

    private static JsonObject Object(string? about) => new(about is null ? [] : [new("description", about)])
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(),
    };

    private static void Write(StringBuilder result, Setting setting, JsonNode? value, string[] parts)
    {
        var indent = 2 * (parts.Length - 1);
        var choice = setting.OneOf is null ? "" : $" One of {string.Join(", ", setting.OneOf)}.";
        result.Append(' ', indent).Append("# ").Append(setting.About).Append(choice).Append('\n');
        var node = value switch
        {
            JsonObject { Count: 0 } => $"{parts[^1]}: {{}}",
            JsonArray { Count: 0 } => $"{parts[^1]}: []",
            _ => TemplateWriter.Write(new Map([new(parts[^1], Static(value))])),
        };
        foreach (var line in node.TrimEnd('\n').Split('\n'))
        {
            result.Append(' ', indent).Append(line).Append('\n');
        }
    }

    private static Node Static(JsonNode? value) => value switch
    {
        JsonObject map => new Map([.. map.Select(p => new Entry(p.Key, Static(p.Value)))]),
        JsonArray items => new Sequence([.. items.Select(i => new Entry("", Static(i)))]),
        _ => new Text(TemplateWriter.Scalar(value, 0)),
    };

    private (JsonNode? Demo, JsonNode? Production) Of(Setting setting)
    {
        var (demo, production) = _learned.GetValueOrDefault(setting.Path);
        demo = setting.Demo is null ? demo : Node(setting.Demo);
        production = setting.Production is null
            ? _learned.ContainsKey(setting.Path) ? production : demo
            : Node(setting.Production);
        return (demo, production);
    }

    private static JsonValue? Number(JsonNode? value) => value is null
        ? null
        : JsonValue.Create(long.Parse(value.ToString(), CultureInfo.InvariantCulture));

    private static JsonNode? Node(object value) => value switch
    {
        JsonNode node => node,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create((long)number),
        _ => null,
    };

    private JsonObject SchemaOf(Setting setting)
    {
        var (demo, production) = Of(setting);
        var isNumber = setting.Demo == Setting.NoNumber;
        var kinds = new[] { demo, production }.Select(v => v?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.Number => "integer",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            _ => "string",
        }).Concat(isNumber ? ["integer"] : []).Distinct().ToArray();
        var result = new JsonObject
        {
            ["description"] = setting.About,
            ["type"] = kinds.Length == 1 ? kinds[0] : new JsonArray([.. kinds.Select(k => JsonValue.Create(k))]),
        };
        if (setting.OneOf is not null)
        {
            result["enum"] = new JsonArray([.. setting.OneOf.Select(v => JsonValue.Create(v))]);
        }

        return result;
    }
}
