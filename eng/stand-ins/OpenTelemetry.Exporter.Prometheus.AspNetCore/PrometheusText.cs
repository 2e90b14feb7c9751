using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Writes the text exposition format 0.0.4.</summary>
internal sealed class PrometheusText(StringBuilder text, bool scopeLabels)
{
    public void WriteTargetInfo(Resource resource)
    {
        var labels = new PrometheusLabels();
        foreach (var attribute in resource.Attributes)
        {
            labels.Add(attribute.Key, attribute.Value);
        }

        if (!labels.IsEmpty)
        {
            text.Append("# TYPE target_info gauge\n# HELP target_info Target metadata\ntarget_info");
            labels.WriteTo(text);
            text.Append(" 1\n");
        }
    }

    public void WriteFamily(PrometheusFamily family)
    {
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
        if (family.Help is { } help)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(help)).Append('\n');
        }

        foreach (var metric in family.Metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (metric.MetricType == MetricType.Histogram)
                {
                    WriteHistogram(family.Name, metric, point);
                }
                else
                {
                    var labels = LabelsOf(metric, point, histogram: false);
                    WriteSeries(family.Name, "", labels, ValueOf(metric.MetricType, point));
                }
            }
        }
    }

    private void WriteHistogram(string name, Metric metric, in MetricPoint point)
    {
        var labels = LabelsOf(metric, point, histogram: true);
        long count = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            WriteSeries(name, "_bucket", labels, Number(count), Number(bucket.ExplicitBound));
        }

        WriteSeries(name, "_sum", labels, Number(point.GetHistogramSum()));
        WriteSeries(name, "_count", labels, Number(point.GetHistogramCount()));
    }

    private void WriteSeries(
        string name, string suffix, PrometheusLabels labels, string value, string? upperBound = null)
    {
        text.Append(name).Append(suffix);
        labels.WriteTo(text, upperBound);
        text.Append(' ').Append(value).Append('\n');
    }

    private PrometheusLabels LabelsOf(Metric metric, in MetricPoint point, bool histogram)
    {
        var labels = new PrometheusLabels();
        if (scopeLabels)
        {
            labels.AddScope(metric);
        }

        foreach (var tag in point.Tags)
        {
            // "le" is the bucket's own label.
            if (!histogram || tag.Key != "le")
            {
                labels.Add(tag.Key, tag.Value);
            }
        }

        return labels;
    }

    private static string Escape(string help) => help
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal);

    private static string ValueOf(MetricType type, in MetricPoint point) => (type.IsSum(), type.IsLong()) switch
    {
        (true, true) => Number(point.GetSumLong()),
        (true, false) => Number(point.GetSumDouble()),
        (false, true) => Number(point.GetGaugeLastValueLong()),
        (false, false) => Number(point.GetGaugeLastValueDouble()),
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
