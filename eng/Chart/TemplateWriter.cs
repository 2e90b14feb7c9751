using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chart;

/// <summary>Writes nodes as YAML with the template's actions.</summary>
internal sealed partial class TemplateWriter
{
    private readonly StringBuilder _text = new();

    public static string Write(Node node)
    {
        var writer = new TemplateWriter();
        writer.Write(node, indent: 0);
        return writer._text.ToString();
    }

    /// <summary>A value that is the same in every chart, as YAML; braces that a template would read are kept from
    /// it.</summary>
    public static string Scalar(JsonNode? value, int indent) => value switch
    {
        null => "null",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => String(text.GetValue<string>(), indent),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number =>
            Convert.ToString(number.AsValue().GetValue<object>(), CultureInfo.InvariantCulture)!,
        _ => value.ToJsonString(),
    };

    private static string String(string value, int indent) =>
        Plain().IsMatch(value) && !Special().IsMatch(value) ? value
        : value.Contains('\n') && !Unblockable().IsMatch(value) ? Literal(value, indent)
        : KeepBraces(JsonSerializer.Serialize(value, JsonNodeExtensions.Readable));

    private static string Literal(string value, int indent)
    {
        var text = value.TrimEnd('\n');
        var ending = value.Length - text.Length;
        var pad = new string(' ', indent);
        var lines = text.Split('\n').Select(line => line == "" ? "" : pad + KeepBraces(line));
        return $"|{(ending == 0 ? "-" : "")}\n{string.Join('\n', lines)}";
    }

    private static string KeepBraces(string text) => Braces().Replace(text, "{{ \"$0\" }}");

    private void Write(Node node, int indent)
    {
        var pad = new string(' ', indent);
        switch (node)
        {
            case Map map:
                WriteAll(map.Entries, entry => WriteEntry(entry, pad, indent));

                break;
            case Sequence sequence:
                WriteAll(sequence.Items, item => WriteItem(item.Value, pad, indent));

                break;
            case Block block:
                _text.Append(CultureInfo.InvariantCulture, $"{pad}{{{{- {block.Expression} | nindent {indent} }}}}\n");
                break;
            default:
                throw new InvalidOperationException($"{node} stands alone");
        }
    }

    /// <summary>Neighbours with the same condition share it.</summary>
    private void WriteAll(List<Entry> entries, Action<Entry> write)
    {
        string? open = null;
        foreach (var entry in entries.Append(null))
        {
            if (open != entry?.When)
            {
                _text.Append(open is null ? "" : "{{- end }}\n");
                open = entry?.When;
                _text.Append(open is null ? "" : $"{{{{- {open} }}}}\n");
            }

            if (entry is not null)
            {
                write(entry);
            }
        }
    }

    private void WriteEntry(Entry entry, string pad, int indent)
    {
        switch (entry.Value)
        {
            case Text text:
                _text.Append(CultureInfo.InvariantCulture, $"{pad}{entry.Key}: {text.Yaml}\n");
                break;
            case Map { Entries: [] }:
                _text.Append(CultureInfo.InvariantCulture, $"{pad}{entry.Key}: {{}}\n");
                break;
            default:
                _text.Append(CultureInfo.InvariantCulture, $"{pad}{entry.Key}:\n");
                Write(entry.Value, entry.Value is Sequence ? indent : indent + 2);
                break;
        }
    }

    private void WriteItem(Node item, string pad, int indent)
    {
        switch (item)
        {
            case Text text:
                _text.Append(CultureInfo.InvariantCulture, $"{pad}- {text.Yaml}\n");
                return;
            case Block:
                // Several items, which a setting has.
                Write(item, indent);
                return;
        }

        var start = _text.Length;
        Write(item, indent + 2);
        // The first line of the map becomes the item's own.
        _text[start + indent] = '-';
    }

    [GeneratedRegex(@"^[A-Za-z0-9/._][A-Za-z0-9/._=+()-]*$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(true|false|null|yes|no|on|off|y|n|~|[-+.\d][\d._eExXa-fA-F:+-]*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Special();

    [GeneratedRegex(@"^\s|[^\S\n]$|[^\S\n]\n|\t|\n\n$", RegexOptions.None)]
    private static partial Regex Unblockable();

    [GeneratedRegex(@"\{\{|\}\}")]
    private static partial Regex Braces();
}
