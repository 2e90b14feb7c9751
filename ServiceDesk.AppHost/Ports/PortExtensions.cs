using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Ports;

internal static class PortExtensions
{
    private const string Profile = "applicationUrl and environmentVariables in Properties/launchSettings.json";

    /// <summary>The dashboard's addresses, with the names that they have had over time.</summary>
    private static readonly string[] DashboardKeys =
    [
        "ASPNETCORE_URLS",
        "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL",
        "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    private sealed record Wanted(int Port, string Owner, string Setting);

    /// <param name="resource">What listens.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="setting">The property of <see cref="AppHostSettings"/> that says which.</param>
    public static IResourceBuilder<T> WithPortSetting<T>(this IResourceBuilder<T> resource, int port, string setting)
        where T : IResource => resource.WithAnnotation(new PortAnnotation(port, setting));

    /// <summary>Otherwise the rest starts, and the failure of the one without a port hides in a log.</summary>
    /// <exception cref="SettingsException">A port that is wanted is taken.</exception>
    public static void RequireFreePorts(this IDistributedApplicationBuilder builder)
    {
        // Tests have Aspire choose the ports.
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration["DcpPublisher:RandomizePorts"] == "true")
        {
            return;
        }

        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Select(listener => listener.Port).ToHashSet();
        var ports = DashboardPorts(builder).Concat(ResourcePorts(builder));
        if (ports.FirstOrDefault(w => taken.Contains(w.Port)) is { } wanted)
        {
            throw new SettingsException(
                $"port {wanted.Port} for {wanted.Owner} is taken by {PortHolder.Of(wanted.Port)}. "
                + $"End that, or choose another port: {wanted.Setting}. Nothing was started.");
        }
    }

    private static IEnumerable<Wanted> DashboardPorts(IDistributedApplicationBuilder builder) =>
        from key in AppHostConfiguration.HasDashboard(builder.Configuration) ? DashboardKeys : []
        from url in (builder.Configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
        where Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Port > 0
        select new Wanted(new Uri(url).Port, "the dashboard", $"{key} ({Profile})");

    private static IEnumerable<Wanted> ResourcePorts(IDistributedApplicationBuilder builder) =>
        from resource in builder.Resources
        from annotation in resource.Annotations.OfType<PortAnnotation>()
        where annotation.Port > 0
        select new Wanted(annotation.Port, resource.Name, AppHostConfiguration.Describe(annotation.Setting));
}
