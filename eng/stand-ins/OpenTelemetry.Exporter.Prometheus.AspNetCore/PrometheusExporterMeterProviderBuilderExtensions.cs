// Stands for the package OpenTelemetry.Exporter.Prometheus.AspNetCore 1.18.0-beta.1.
// The series have the same names, labels and values. Left out: the OpenMetrics formats (every scraper also reads the
// text format 0.0.4, which the package falls back to as well), gzip, exemplars, UTF-8 names, named options, the
// translation strategies, resource labels on every series, and the middleware form of the endpoint.

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;

namespace OpenTelemetry.Metrics;

public static class PrometheusExporterMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder)
        => builder.AddPrometheusExporter(static _ => { });

    public static MeterProviderBuilder AddPrometheusExporter(
        this MeterProviderBuilder builder, Action<PrometheusAspNetCoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        builder.ConfigureServices(services =>
        {
            services.Configure(configure);
            services.TryAddSingleton<PrometheusExporter>();
        });
        return builder.AddReader(services =>
            new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>())
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
            });
    }
}
