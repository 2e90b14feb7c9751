using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDesk.ServiceDefaults;

/// <summary>What every service answers beside its own work. Only readiness depends on a server; both probes answer
/// under Kubernetes' and Aspire's names.</summary>
public static class DefaultEndpoints
{
    private const string Metrics = "/metrics";
    private static readonly string[] Alive = ["/healthz", "/alive"];
    private static readonly string[] Ready = ["/readyz", "/health"];

    /// <summary>Neither traced nor counted: what asks after a service is no work of it.</summary>
    internal static readonly HashSet<string> Paths = [.. Alive, .. Ready, Metrics];

    private const string ReadyTag = "ready";

    /// <summary>A probe must answer sooner than the usual prober gives up.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <summary>Adds a check that decides whether the service is ready; it never decides whether it is alive.</summary>
    public static void AddReadiness<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IServiceCollection services, string name) where T : class, IHealthCheck
    {
        services.AddSingleton<T>();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, provider => provider.GetRequiredService<T>(), HealthStatus.Unhealthy, [ReadyTag], Bound));
    }

    /// <summary>Health, readiness and metrics.</summary>
    public static void MapDefaultEndpoints(this WebApplication app)
    {
        var alive = new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync };
        var ready = new HealthCheckOptions { Predicate = c => c.Tags.Contains(ReadyTag), ResponseWriter = WriteAsync };
        Array.ForEach(Alive, path => app.MapHealthChecks(path, alive).DisableHttpMetrics().AllowAnonymous());
        Array.ForEach(Ready, path => app.MapHealthChecks(path, ready).DisableHttpMetrics().AllowAnonymous());
        var histograms = app.Services.GetRequiredService<EmptyHistograms>();
        app.MapPrometheusScrapingEndpoint(
            Metrics, meterProvider: null, exporter => exporter.Use(histograms.AddAsync), optionsName: null)
            .DisableHttpMetrics().AllowAnonymous();
    }

    /// <summary>Answers a probe with one JSON object that says which check failed and why.</summary>
    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Healthy ? "ok" : "unavailable");
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteString(name, entry.Status == HealthStatus.Healthy ? "ok" : entry.Description ?? "timed out");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
