namespace OpenTelemetry.Exporter;

/// <summary>The options of the package that the stand-in honours, with the package's defaults.</summary>
public sealed class PrometheusAspNetCoreOptions
{
    /// <summary>Whether every series carries the labels <c>otel_scope_*</c>.</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>Whether the resource is shown as <c>target_info</c>.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>How long one collection answers further scrapes; 0 collects every time.</summary>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;
}
