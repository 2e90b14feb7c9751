using System.Globalization;

namespace ServiceDesk.Bench.Reporting;

/// <summary>How figures are written.</summary>
internal static class Text
{
    public static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Rate(double perSecond) => string.Create(Culture, $"{perSecond:N0}/s");

    public static string Events(double perSecond) => string.Create(Culture, $"{perSecond:N0} events/s");

    public static string Ratio(double ratio) => string.Create(Culture, $"{ratio:0.00} x");

    public static string Milliseconds(TimeSpan time) => string.Create(Culture, $"{time.TotalMilliseconds:0.0} ms");

    /// <param name="share">1 is 100 %.</param>
    public static string Percent(double share) => string.Create(Culture, $"{share * 100:0.00} %");

    public static string Megabytes(double bytes) => string.Create(Culture, $"{bytes / 1_000_000:0.0} MB");
}
