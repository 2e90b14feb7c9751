using System.Globalization;

namespace ServiceDesk.Operator.CommandLine;

/// <summary>How values look in a table.</summary>
internal static class Format
{
    public const string None = "-";

    public static string Cell(object? value) => value switch
    {
        null or DBNull => None,
        string text => text.Length == 0 ? None : text,
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        TimeSpan age => Age(age),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? None,
    };

    public static string Shorten(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => Text($"{age.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => Text($"{age.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => Text($"{(int)age.TotalMinutes} min {age.Seconds} s"),
        { TotalDays: < 1 } => Text($"{(int)age.TotalHours} h {age.Minutes} min"),
        _ => Text($"{(int)age.TotalDays} d {age.Hours} h"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
