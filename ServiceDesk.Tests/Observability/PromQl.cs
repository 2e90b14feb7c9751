using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Observability;

/// <summary>What a query asks for: metrics, the labels it selects by, and those it groups by. Whether it is PromQL at
/// all, Prometheus' own parser says.</summary>
internal static partial class PromQl
{
    private static readonly string[] Words =
        ["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring"];

    public sealed record Selector(string Metric, IReadOnlyList<(string Label, string Operator, string Value)> Matchers);

    public static IEnumerable<Selector> Selectors(string query) =>
        from Match selector in SelectorForm().Matches(Grouping().Replace(Range().Replace(query, ""), " "))
        where !Words.Contains(selector.Groups["metric"].Value)
        select new Selector(selector.Groups["metric"].Value,
            [.. Matcher().Matches(selector.Groups["labels"].Value)
                .Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))]);

    public static IEnumerable<string> GroupedBy(string query) =>
        from Match grouping in Grouping().Matches(query)
        from label in grouping.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries)
        select label.Trim() into label
        where label.Length > 0
        select label;

    /// <summary>A name that no bracket follows, with its matchers; words inside of matchers are not at its
    /// start.</summary>
    [GeneratedRegex("""(?<![\w:"~.$])(?<metric>[a-zA-Z_:][a-zA-Z0-9_:]*)\b(?!\s*\()\s*(\{(?<labels>[^}]*)\})?""")]
    private static partial Regex SelectorForm();

    [GeneratedRegex("""\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)""")]
    private static partial Regex Grouping();

    [GeneratedRegex("""\[[^\]]*\]""")]
    private static partial Regex Range();

    [GeneratedRegex("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"")]
    private static partial Regex Matcher();
}
