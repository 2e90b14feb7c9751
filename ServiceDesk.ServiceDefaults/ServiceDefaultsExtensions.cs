using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDesk.Settings;

namespace ServiceDesk.ServiceDefaults;

public static class ServiceDefaultsExtensions
{
    /// <summary>How long a service may take to stop; orchestrators must wait longer before they kill it.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds what every service has: settings with aliases, address and limits, logs, metrics, traces,
    /// health, request id.</summary>
    /// <exception cref="SettingsException">The address to listen on cannot be read.</exception>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, ServiceInfo service)
    {
        builder.Services.AddSingleton(service);
        builder.Configuration.AddDefaults();
        builder.Configuration.AddEnvironmentAliases();
        builder.AddListener(service);
        builder.AddConsoleLogs();
        builder.AddTelemetry(service);
        builder.Services.AddReadinessMetric();
        builder.Services.AddRequestId();
        builder.Services.AddHostedService<IdleCollection>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>Lowest of all sources, so that any file or variable can change them.</summary>
    private static void AddDefaults(this ConfigurationManager configuration) => ((IConfigurationBuilder)configuration)
        .Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
                // Authentication brings it along, but no service uses its keys.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
                // It repeats a failing check at every probe; ReadinessMetric says it once.
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
                ["Logging:LogLevel:Npgsql"] = "Warning",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
            },
        });

    /// <summary>JSON for the machines that collect it; a line for each event where a developer reads it.</summary>
    private static void AddConsoleLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
            return;
        }

        builder.Logging.AddJsonConsole(o =>
        {
            o.IncludeScopes = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            // For people and grep: quotes and arrows as themselves. The log is no HTML page.
            o.JsonWriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
    }
}
