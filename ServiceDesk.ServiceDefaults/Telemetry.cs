using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ServiceDesk.ServiceDefaults;

internal static class TelemetryExtensions
{
    /// <summary>Meters and sources of the services themselves begin with this.</summary>
    private const string Own = "ServiceDesk.*";

    /// <summary>Always serves /metrics; sends metrics, traces and logs over OTLP if an endpoint is set.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, ServiceInfo service)
    {
        builder.Services.AddSingleton<EmptyHistograms>();
        var telemetry = builder.Services.AddOpenTelemetry()
            // The environment wins: an orchestrator names the instance and finds its telemetry by that name.
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
            // Without traces there is nothing that an exemplar could lead to.
            .WithMetrics(metrics => metrics.SetExemplarFilter(ExemplarFilterType.TraceBased))
            .WithTracing(traces => traces
                .AddSource(Own, "Microsoft.AspNetCore", "Npgsql")
                .SetSampler(new ParentBasedSampler(new WorkSampler(SampledShare(builder.Configuration)))))
            .UseOtlpExporter();
        builder.Services.AddSingleton<IStartupFilter, RequestSpanFilter>();
    }

    /// <summary>OpenTelemetry's own setting for a share of all traces.</summary>
    private static double SampledShare(ConfigurationManager configuration) =>
        configuration["OTEL_TRACES_SAMPLER"] is { } sampler
            && sampler.EndsWith("traceidratio", StringComparison.Ordinal)
            && double.TryParse(configuration["OTEL_TRACES_SAMPLER_ARG"], CultureInfo.InvariantCulture, out var share)
                ? Math.Clamp(share, 0, 1)
                : 1;
}

/// <summary>Names a request's span after its route, which is known only after routing, and its outcome.</summary>
internal sealed class RequestSpanFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            await rest(context);
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
            {
                Describe(span, context);
            }
        });
        next(app);
    };

    private static void Describe(Activity span, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/');
        span.DisplayName = $"{context.Request.Method} {route}".TrimEnd();
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}

/// <summary>Starts a trace only for work: a request, or a message without a trace of its own. Periodic work such as
/// polling the outbox, and health checks, start none.</summary>
internal sealed class WorkSampler(double share) : Sampler
{
    private readonly TraceIdRatioBasedSampler _share = new(share);

    public override SamplingResult ShouldSample(in SamplingParameters root)
    {
        var isWork = root.Kind switch
        {
            ActivityKind.Server => !IsProbe(root.Tags),
            ActivityKind.Producer or ActivityKind.Consumer => true,
            _ => false,
        };
        return isWork ? _share.ShouldSample(root) : new SamplingResult(SamplingDecision.Drop);
    }

    private static bool IsProbe(IEnumerable<KeyValuePair<string, object?>>? tags)
    {
        foreach (var (name, value) in tags ?? [])
        {
            if (name == "url.path")
            {
                return value is string path && DefaultEndpoints.Paths.Contains(path);
            }
        }

        return false;
    }
}
