using System.Globalization;
using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>What /metrics shows, as Prometheus would read it.</summary>
internal sealed partial class MetricsPage
{
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _series = [];

    public static MetricsPage Parse(string text)
    {
        var page = new MetricsPage();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#'))
        {
            var series = Series().Match(line);
            Assert.True(series.Success, $"not a line of Prometheus' text format: {line}");
            page._series.Add((series.Groups["name"].Value,
                Label().Matches(series.Groups["labels"].Value)
                    .ToDictionary(l => l.Groups[1].Value, l => l.Groups[2].Value),
                Number(series.Groups["value"].Value)));
        }

        return page;
    }

    /// <summary>The sum of the series with this name and at least these labels; null when there is none.</summary>
    public double? Sum(string name, params (string Name, string Value)[] labels)
    {
        var matching = _series.Where(s => s.Name == name
            && labels.All(l => s.Labels.TryGetValue(l.Name, out var value) && value == l.Value)).ToList();
        return matching.Count == 0 ? null : matching.Sum(s => s.Value);
    }

    /// <summary>Each series' name and the names of its labels.</summary>
    public IEnumerable<(string Name, IReadOnlyCollection<string> Labels)> Labels() =>
        _series.Select(s => (s.Name, (IReadOnlyCollection<string>)s.Labels.Keys));

    public void HasAtLeast(double least, string name, params (string Name, string Value)[] labels) =>
        Assert.True(
            Sum(name, labels) >= least,
            $"{name} {string.Join(',', labels)} is {Sum(name, labels)}, not at least {least}. All: {this}");

    public override string ToString() =>
        string.Join(' ', _series.Where(s => !s.Name.EndsWith("_bucket", StringComparison.Ordinal))
            .Select(s => $"{s.Name}{{{string.Join(',', s.Labels.Values)}}}={s.Value}"));

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>[^ ]+)( [0-9]+)?$""")]
    private static partial Regex Series();

    [GeneratedRegex(""" *([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?""")]
    private static partial Regex Label();
}
