using System.Globalization;
using ServiceDesk.Operator.Pipeline;

namespace ServiceDesk.Operator.Pages;

/// <summary>How figures look.</summary>
internal static class Show
{
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
