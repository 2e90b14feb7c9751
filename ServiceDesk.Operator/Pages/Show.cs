using System.Globalization;
using System.Text.Json;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Pipeline;

namespace ServiceDesk.Operator.Pages;

/// <summary>How figures look.</summary>
internal static class Show
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Count(long count) => count >= PipelineSql.Counted
        ? "more than 10,000"
        : count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(double perSecond) => perSecond switch
    {
        0 => "0",
        < 10 => perSecond.ToString("0.0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("N0", CultureInfo.InvariantCulture),
    };

    public static string Age(double seconds) => seconds switch
    {
        0 => "none",
        < 1 => Text($"{seconds * 1000:0} ms"),
        < 60 => Text($"{seconds:0.0} s"),
        < 3600 => Text($"{(int)(seconds / 60)} min {(int)(seconds % 60)} s"),
        < 86400 => Text($"{(int)(seconds / 3600)} h {(int)(seconds / 60 % 60)} min"),
        _ => Text($"{(int)(seconds / 86400)} d {(int)(seconds / 3600 % 24)} h"),
    };

    /// <summary>Enough of an id to tell it from its neighbours: the beginning of a UUIDv7 is its time.</summary>
    public static string Short(Guid id) => $"…{id.ToString()[^12..]}";

    /// <summary>What stands still, as a sentence begins.</summary>
    public static string Subject(Pause pause) => Subject(pause.Stage, pause.Scope, pause.Value, pause.Title);

    public static string Subject(string stage, string scope, string value, string? title = null)
    {
        var name = stage == "publishing" ? "Publishing" : "Processing";
        return scope switch
        {
            "all" => $"{name} of everything",
            "event_type" => $"{name} of {value}",
            _ => $"{name} of ticket {value}{(title is null ? "" : $" “{title}”")}",
        };
    }

    /// <summary>A beginning of a sentence, inside one.</summary>
    public static string Inner(string words) => $"{char.ToLowerInvariant(words[0])}{words[1..]}";

    public static string Pretty(JsonElement json) => JsonSerializer.Serialize(json, Indented);

    /// <summary>As it is, where it is no JSON.</summary>
    public static string? Pretty(string? text)
    {
        try
        {
            using var json = JsonDocument.Parse(text ?? "");
            return Pretty(json.RootElement);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
