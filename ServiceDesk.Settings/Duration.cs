using System.Globalization;
using System.Text.RegularExpressions;

namespace ServiceDesk.Settings;

/// <summary>Durations such as "50ms", "1m30s" and "2h"; .NET's "00:00:05" is taken as well.</summary>
public static partial class Duration
{
    /// <exception cref="FormatException">The text is neither form; the message states the rule.</exception>
    public static string ToTimeSpanText(string text) => Parse(text).ToString("c", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="ToTimeSpanText"/>
    public static TimeSpan Parse(string text)
    {
        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
        {
            return span;
        }

        if (!Whole().IsMatch(text))
        {
            throw new FormatException("must be a duration such as 50ms, 5s, 1m30s or 2h");
        }

        return Part().Matches(text).Aggregate(TimeSpan.Zero, (sum, part) => sum + Unit(part.Groups[2].Value)
            * double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static TimeSpan Unit(string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        _ => TimeSpan.FromHours(1),
    };

    [GeneratedRegex(@"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
