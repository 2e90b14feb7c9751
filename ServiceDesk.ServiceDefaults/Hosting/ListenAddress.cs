using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.ServiceDefaults.Hosting;

/// <summary>Where a service listens: <c>Listen:Http</c> or <c>Listen:Metrics</c> as <c>host:port</c> or <c>:port</c>
/// (every interface), else ASP.NET Core's own settings, else the service's port on loopback.</summary>
internal static class ListenAddress
{
    public static void UseListenAddress(this WebApplicationBuilder builder, ServiceInfo service)
    {
        // ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS are what an AppHost or an image sets, so they win over the alias.
        if (IsSet(builder, "urls") || IsSet(builder, "http_ports"))
        {
            return;
        }

        var address = builder.Configuration[service.ListenKey] ?? $"localhost:{service.Port}";
        var (host, port) = HostAndPort.Parse(address)
            ?? throw SettingsException.For(service.ListenKey, address, "must be host:port, or :port for every interface");
        builder.WebHost.UseUrls($"http://{(host.Length == 0 ? "*" : host)}:{port}");
    }

    private static bool IsSet(WebApplicationBuilder builder, string key) => builder.Configuration[key] is { Length: > 0 };
}
