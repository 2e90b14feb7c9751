using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.ServiceDefaults;

/// <summary><c>service_ready</c>: each readiness check as a series, and a log line when one begins to fail or to
/// hold again.</summary>
internal sealed partial class ReadinessMetric : IHealthCheckPublisher
{
    private readonly ConcurrentDictionary<string, bool> _checks = new();
    private readonly ILogger<ReadinessMetric> _logger;

    public ReadinessMetric(IMeterFactory meters, ILogger<ReadinessMetric> logger)
    {
        _logger = logger;
        meters.Create("ServiceDesk.ServiceDefaults").CreateObservableGauge(
            "service.ready",
            () => _checks.Select(check => new Measurement<int>(
                check.Value ? 1 : 0, new KeyValuePair<string, object?>("check", check.Key))),
            description: "Whether a check of the service's readiness holds.");
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (name, entry) in report.Entries)
        {
            var isReady = entry.Status == HealthStatus.Healthy;
            var wasReady = _checks.GetValueOrDefault(name, isReady);
            _checks[name] = isReady;
            if (wasReady && !isReady)
            {
                LogNotReady(name, entry.Description ?? "timed out");
            }
            else if (isReady && !wasReady)
            {
                LogReady(name);
            }
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "Not ready any more, the check {Check} fails: {Reason}")]
    private partial void LogNotReady(string check, string reason);

    [LoggerMessage(LogLevel.Information, "The check {Check} holds again")]
    private partial void LogReady(string check);
}

internal static class ReadinessMetricExtensions
{
    /// <summary>Four looks a minute: an alert needs no more, and each look asks the servers.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static void AddReadinessMetric(this IServiceCollection services)
    {
        services.AddHealthChecks();
        services.AddSingleton<IHealthCheckPublisher, ReadinessMetric>();
        services.Configure<HealthCheckPublisherOptions>(o => (o.Delay, o.Period) = (TimeSpan.FromSeconds(1), Interval));
    }
}
