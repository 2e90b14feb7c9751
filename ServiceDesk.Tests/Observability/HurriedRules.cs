using System.Globalization;
using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Observability;

/// <summary>The alert rules for a run in which a second stands for a minute: an outage of seconds is to them what one
/// of minutes is to the rules as they are.</summary>
internal static partial class HurriedRules
{
    private const int Factor = 60;

    public static string From(string rules)
    {
        rules = Durations().Replace(rules, duration => $"{Seconds(duration) / Factor}s");
        rules = LagInSeconds().Replace(rules, lag => Scaled(lag, 1.0 / Factor));
        return ErrorsPerSecond().Replace(rules, errors => Scaled(errors, Factor));
    }

    private static string Scaled(Match number, double factor) =>
        (double.Parse(number.Value, CultureInfo.InvariantCulture) * factor).ToString(CultureInfo.InvariantCulture);

    private static int Seconds(Match duration) =>
        int.Parse(duration.Groups["number"].Value, CultureInfo.InvariantCulture) *
        duration.Groups["unit"].Value switch { "m" => 60, "h" => 3_600, _ => 86_400 };

    /// <summary>Of ranges, and of how long an alert must hold.</summary>
    [GeneratedRegex(@"(?<=\[|for: )(?<number>\d+)(?<unit>[mhd])(?=\]|\r?$)", RegexOptions.Multiline)]
    private static partial Regex Durations();

    [GeneratedRegex(@"(?<=outbox_lag_seconds\) > )\d+")]
    private static partial Regex LagInSeconds();

    [GeneratedRegex(@"(?<=notify_errors_total\{.+\) > )[\d.]+")]
    private static partial Regex ErrorsPerSecond();
}
