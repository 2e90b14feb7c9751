using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ServiceDesk.ServiceDefaults;

internal static class TelemetryExtensions
{
    /// <summary>Meters and sources of the services themselves begin with this.</summary>
    private const string Own = "ServiceDesk.*";

    /// <summary>Metrics for /metrics always; metrics, traces and logs over OTLP where an endpoint is configured.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, ServiceInfo service)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            // The environment has the last word: an orchestrator names the instance, and finds its telemetry by that name.
            .ConfigureResource(r => r.AddService(service.Name).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddMeter(Own, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter());

        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 })
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.IncludeFormattedMessage = true;
        });
        telemetry
            .WithTracing(traces => traces.AddSource(Own, "Microsoft.AspNetCore", "Npgsql"))
            .UseOtlpExporter();
    }
}
