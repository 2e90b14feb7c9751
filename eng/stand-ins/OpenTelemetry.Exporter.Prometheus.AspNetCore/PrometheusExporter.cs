using System.Text;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Collects when it is scraped. Scrapes take turns; those within the cache time share one text.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter(IOptions<PrometheusAspNetCoreOptions> options, TimeProvider? clock = null)
    : BaseExporter<Metric>, IPullMetricExporter
{
    private const int CollectTimeoutMilliseconds = 10_000;

    private readonly PrometheusAspNetCoreOptions _options = options.Value;
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StringBuilder _text = new();

    // Never written to again once it is here, so that several answers can be sent from it at a time.
    private byte[]? _lastText;
    private long _lastTextAt;

    public Func<int, bool>? Collect { get; set; }

    /// <summary>The exposition text, or null when the metrics could not be collected.</summary>
    public async Task<byte[]?> ScrapeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_lastText is not null && IsFresh())
            {
                return _lastText;
            }

            _lastText = null;
            return Collect?.Invoke(CollectTimeoutMilliseconds) == true ? _lastText : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text.Clear();
        var text = new PrometheusText(_text, _options.ScopeInfoEnabled);
        if (_options.TargetInfoEnabled)
        {
            text.WriteTargetInfo(ParentProvider.GetResource());
        }

        foreach (var family in PrometheusFamily.Group(batch))
        {
            text.WriteFamily(family);
        }

        _lastText = Encoding.UTF8.GetBytes(_text.ToString());
        _lastTextAt = _clock.GetTimestamp();
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _turn.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsFresh()
        => _clock.GetElapsedTime(_lastTextAt).TotalMilliseconds < _options.ScrapeResponseCacheDurationMilliseconds;
}
