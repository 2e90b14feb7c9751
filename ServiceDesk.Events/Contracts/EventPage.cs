using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceDesk.Events.Contracts;

/// <summary>The AsyncAPI document and the schemas as a page for people, in Markdown.</summary>
public static class EventPage
{
    /// <summary>How documents are written for people.</summary>
    public static JsonSerializerOptions Indented { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Render()
    {
        var document = AsyncApi.Document();
        var channel = document["channels"]!["ticketEvents"]!;
        var page = new StringBuilder();
        page.Append(
            $"""
            # {document["info"]!["title"]} {document["info"]!["version"]}

            {Wrap($"{document["info"]!["description"]}")}

            This page is made of the same code as [asyncapi.v1.json](asyncapi.v1.json) and the schemas in
            [events](events). What consumers can rely on is in [events.md](../events.md#the-event).

            Topic `{channel["address"]}`. {channel["description"]}

            """);
        foreach (var contract in EventContract.All)
        {
            Append(page, contract, document["components"]!["messages"]![contract.Type]!);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, EventContract contract, JsonNode message)
    {
        var schema = contract.Schema();
        page.Append(
            $"""

            ## {contract.Type}

            {contract.Title}. Its schema is `{schema["$id"]}`:
            [{contract.File}](events/{contract.File}).

            | member of the value | | |
            |---|---|---|

            """);
        Rows(page, schema, "");
        page.Append("\n| header | | |\n|---|---|---|\n");
        Rows(page, message["headers"]!.AsObject(), "");
        page.Append($"\n```json\n{contract.ExampleValue().ToJsonString(Indented)}\n```\n");
    }

    private static void Rows(StringBuilder page, JsonObject schema, string parent)
    {
        var required = schema["required"]!.AsArray().Select(name => $"{name}").ToHashSet();
        foreach (var (name, member) in schema["properties"]!.AsObject())
        {
            var (path, of) = ($"{parent}{name}", member!.AsObject());
            var kind = Kind(of) + (required.Contains(name) ? "" : ", optional");
            page.Append($"| `{path}` | {kind} | {of["description"]} |\n");
            if (of["properties"] is not null)
            {
                Rows(page, of, $"{path}.");
            }
        }
    }

    private static string Kind(JsonObject schema) =>
        schema["const"] is { } value ? $"`{value}`"
        : schema["enum"] is JsonArray values ? string.Join(", ", values.Select(v => $"`{v}`"))
        : schema["maxLength"] is { } longest ? $"string of {schema["minLength"]} to {longest} characters"
        : schema["minimum"] is { } least ? $"{schema["type"]} from {least}"
        : schema["format"] is { } format ? $"{format}"
        : schema["type"] is JsonArray types ? string.Join(" or ", types.Select(t => $"{t}"))
        : $"{schema["type"]}";

    private static string Wrap(string text)
    {
        var lines = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split(' '))
        {
            column += word.Length + 1;
            lines.Append(column > 120 ? '\n' : ' ').Append(word);
            column = column > 120 ? word.Length : column;
        }

        return lines.ToString().Trim();
    }
}
