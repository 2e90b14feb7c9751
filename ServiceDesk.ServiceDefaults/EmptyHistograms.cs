using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Adds to /metrics, with zeros, the services' own histograms that have no measurement yet: the SDK exports a
/// histogram from its first measurement on, and a rate cannot see the step from nothing to that one.</summary>
internal sealed class EmptyHistograms : IDisposable
{
    private const string Own = "ServiceDesk.";

    private readonly ConcurrentBag<Histogram<double>> _histograms = [];
    private readonly MeterListener _listener = new();

    public EmptyHistograms()
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument is Histogram<double> { Advice.HistogramBucketBoundaries: not null } histogram
                && instrument.Meter.Name.StartsWith(Own, StringComparison.Ordinal))
            {
                _histograms.Add(histogram);
            }
        };
        _listener.Start();
    }

    /// <summary>A middleware around the exporter's own.</summary>
    public async Task AddAsync(HttpContext context, RequestDelegate exporter)
    {
        // Compressed, there would be nothing to add to; a page is some kilobytes.
        context.Request.Headers.AcceptEncoding = default;
        var body = context.Response.Body;
        using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await exporter(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var text = Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            text = Complete(text);
        }

        context.Response.ContentLength = null;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    public void Dispose() => _listener.Dispose();

    private string Complete(string page)
    {
        const string End = "# EOF\n";
        var isOpenMetrics = page.EndsWith(End, StringComparison.Ordinal);
        var complete = new StringBuilder(isOpenMetrics ? page[..^End.Length] : page);
        foreach (var histogram in _histograms)
        {
            var name = $"{histogram.Name.Replace('.', '_')}_seconds";
            if (!page.Contains($"# TYPE {name} histogram", StringComparison.Ordinal))
            {
                Write(complete, name, histogram, isOpenMetrics);
            }
        }

        return complete.Append(isOpenMetrics ? End : "").ToString();
    }

    private static void Write(StringBuilder page, string name, Histogram<double> histogram, bool isOpenMetrics)
    {
        var scope = $"otel_scope_name=\"{histogram.Meter.Name}\"";
        page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} histogram\n");
        page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {histogram.Description}\n");
        foreach (var bound in histogram.Advice!.HistogramBucketBoundaries!)
        {
            var form = isOpenMetrics && double.IsInteger(bound) ? "0.0" : "R";
            var le = bound.ToString(form, CultureInfo.InvariantCulture);
            page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{scope},le=\"{le}\"}} 0\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{scope},le=\"+Inf\"}} 0\n");
        page.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{scope}}} 0\n{name}_count{{{scope}}} 0\n");
    }
}
