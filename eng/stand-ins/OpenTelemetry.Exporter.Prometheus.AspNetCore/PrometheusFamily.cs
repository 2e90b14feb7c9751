using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>All metrics that share one Prometheus name, and so one TYPE and one HELP line.</summary>
internal sealed record PrometheusFamily(string Name, string Type, string? Help, IReadOnlyList<Metric> Metrics)
{
    public static IEnumerable<PrometheusFamily> Group(in Batch<Metric> batch)
    {
        var metrics = new List<(string Name, string Type, Metric Metric)>();
        foreach (var metric in batch)
        {
            // The text format has no exponential histograms.
            if (metric.MetricType != MetricType.ExponentialHistogram)
            {
                var type = TypeOf(metric.MetricType);
                metrics.Add((PrometheusName.Of(metric.Name, metric.Unit, type), type, metric));
            }
        }

        // A name with two types would make the scraper reject everything: it is left out, as in the package.
        return metrics
            .GroupBy(metric => metric.Name)
            .Where(family => family.Select(metric => metric.Type).Distinct().Count() == 1)
            .OrderBy(family => family.Key, StringComparer.Ordinal)
            .Select(family => new PrometheusFamily(
                family.Key,
                family.First().Type,
                family.Select(metric => metric.Metric.Description).FirstOrDefault(help => !string.IsNullOrEmpty(help)),
                [.. family.Select(metric => metric.Metric)
                    .OrderBy(metric => metric.MeterName, StringComparer.Ordinal)
                    .ThenBy(metric => metric.Name, StringComparer.Ordinal)]));
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };
}
