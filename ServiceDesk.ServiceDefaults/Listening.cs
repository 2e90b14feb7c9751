using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServiceDesk.Settings;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Where a service listens, and the bounds on what a client may send.</summary>
internal static class Listening
{
    /// <summary><c>Listen:Http</c> or <c>Listen:Metrics</c> as <c>host:port</c> or <c>:port</c> (every interface), else
    /// ASP.NET Core's own settings, else the service's port on loopback.</summary>
    public static void AddListener(this WebApplicationBuilder builder, ServiceInfo service)
    {
        builder.WebHost.ConfigureKestrel(Limit);
        // ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS are what an AppHost or an image sets, so they win over the alias.
        if (IsSet(builder, "urls") || IsSet(builder, "http_ports"))
        {
            return;
        }

        var address = builder.Configuration[service.ListenKey] ?? $"localhost:{service.Port}";
        var (host, port) = HostAndPort.Parse(address) ?? throw SettingsException.For(
            service.ListenKey, address, "must be host:port, or :port for every interface");
        builder.WebHost.UseUrls($"http://{(host.Length == 0 ? "*" : host)}:{port}");
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // A byte beyond ASCII is for the one who reads the header to refuse, in a problem document.
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    private static bool IsSet(WebApplicationBuilder builder, string key) =>
        builder.Configuration[key] is { Length: > 0 };
}
