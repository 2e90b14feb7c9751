using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>The labels of one series, in the order they were added.</summary>
internal sealed class PrometheusLabels
{
    private readonly List<KeyValuePair<string, string>> _labels = [];

    public bool IsEmpty => _labels.Count == 0;

    public void AddScope(Metric metric)
    {
        Add("otel_scope_name", metric.MeterName);
        if (!string.IsNullOrEmpty(metric.MeterVersion))
        {
            Add("otel_scope_version", metric.MeterVersion);
        }

        foreach (var tag in metric.MeterTags ?? [])
        {
            Add($"otel_scope_{tag.Key}", tag.Value);
        }
    }

    public void Add(string key, object? value)
    {
        var name = PrometheusName.Label(key);
        var text = TextOf(value);
        var same = _labels.FindIndex(label => label.Key == name);
        if (same < 0)
        {
            _labels.Add(new(name, text));
        }
        else
        {
            // "a.b" and "a_b" become one label; a scraper rejects a series that has it twice.
            _labels[same] = new(name, $"{_labels[same].Value};{text}");
        }
    }

    public void WriteTo(StringBuilder target, string? upperBound = null)
    {
        target.Append('{');
        foreach (var (name, value) in _labels)
        {
            target.Append(name).Append("=\"").Append(Escape(value)).Append("\",");
        }

        if (upperBound is not null)
        {
            target.Append("le=\"").Append(upperBound).Append('"');
        }
        else if (!IsEmpty)
        {
            target.Length--;
        }

        target.Append('}');
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Escape(string value) => value
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal);
}
