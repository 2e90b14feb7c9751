using System.Text;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Turns names and units into Prometheus names, by the rules of the OpenTelemetry specification.</summary>
internal static class PrometheusName
{
    public static string Of(string name, string? unit, string type)
    {
        var result = Metric(name);
        var unitName = string.IsNullOrEmpty(unit) ? "" : Unit(unit);
        var counter = type == "counter";
        if (unitName.Length > 0
            && !result.EndsWith(unitName, StringComparison.Ordinal)
            && !(counter && result.EndsWith($"{unitName}_total", StringComparison.Ordinal)))
        {
            result += $"_{unitName}";
        }

        return counter && !result.EndsWith("_total", StringComparison.Ordinal) ? $"{result}_total" : result;
    }

    /// <summary>As in a metric name, but without colons, and a leading digit stays behind the underscore.</summary>
    public static string Label(string name)
        => name.Length == 0 ? "_" : Sanitize(char.IsAsciiDigit(name[0]) ? $"_{name}" : name, IsAllowedInLabel);

    /// <summary>Runs of other characters become one underscore, and so does a leading digit.</summary>
    private static string Metric(string name)
        => Sanitize(char.IsAsciiDigit(name[0]) ? $"_{name[1..]}" : name, IsAllowedInMetric);

    private static bool IsAllowedInMetric(char character) => char.IsAsciiLetterOrDigit(character) || character == ':';

    private static bool IsAllowedInLabel(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    private static string Unit(string unit)
    {
        var plain = WithoutAnnotations(unit);
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        var words = slash >= 0 && slash < plain.Length - 1
            ? $"{Word(plain[..slash])}_per_{PerWord(plain[(slash + 1)..])}"
            : Word(plain);
        return Sanitize(words, IsAllowedInMetric).Trim('_');
    }

    /// <summary>Drops what stands in braces: "{request}" is a count of something, not a unit.</summary>
    private static string WithoutAnnotations(string unit)
    {
        var open = unit.IndexOf('{', StringComparison.Ordinal);
        while (open >= 0)
        {
            var close = unit.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            unit = unit.Remove(open, close - open + 1);
            open = unit.IndexOf('{', StringComparison.Ordinal);
        }

        return unit;
    }

    private static string Sanitize(string text, Func<char, bool> allowed)
    {
        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (allowed(character))
            {
                result.Append(character);
            }
            else if (result.Length == 0 || result[^1] != '_')
            {
                result.Append('_');
            }
        }

        return result.ToString();
    }

    private static string Word(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" or "B" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" or "KB" => "kilobytes",
        "MBy" or "MB" => "megabytes",
        "GBy" or "GB" => "gigabytes",
        "TBy" or "TB" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "1" => "",
        "%" => "percent",
        "$" => "dollars",
        _ => unit,
    };

    private static string PerWord(string unit) => unit switch
    {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => unit,
    };
}
