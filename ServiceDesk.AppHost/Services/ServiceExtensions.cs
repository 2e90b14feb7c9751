using ServiceDesk.AppHost.Ports;
using ServiceDesk.Settings;

namespace ServiceDesk.AppHost.Services;

internal static class ServiceExtensions
{
    /// <summary>Injects the connection strings, and nothing else: the single properties that Aspire would add carry the
    /// password in a form that tools which read the manifest cannot resolve.</summary>
    public static IResourceBuilder<ProjectResource> WithConnections(
        this IResourceBuilder<ProjectResource> service,
        params IEnumerable<IResourceBuilder<IResourceWithConnectionString>> servers)
    {
        service.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString);
        foreach (var server in servers)
        {
            service.WithReference(server);
        }

        return service;
    }

    /// <summary>Gives the service its address, its readiness check, and links to what it answers.</summary>
    /// <param name="service">One that has nothing to show at its bare address.</param>
    /// <param name="address">host:port or :port, on this machine; the port alone where it is deployed.</param>
    /// <param name="setting">The property of <see cref="AppHostSettings"/> that says which.</param>
    /// <param name="links">What it has beside metrics and readiness: paths and what they are called.</param>
    public static IResourceBuilder<ProjectResource> WithHttp(this IResourceBuilder<ProjectResource> service,
        string address, string setting, params IReadOnlyList<(string Path, string Text)> links)
    {
        var (host, port) = HostAndPort.Parse(address)!.Value;
        var published = service.ApplicationBuilder.ExecutionContext.IsPublishMode;
        // Locally the port belongs to Aspire's proxy in front of all replicas; deployed, each replica listens on it.
        service.WithHttpEndpoint(port: published ? null : port, targetPort: published ? port : null, name: "http");
        if (!published)
        {
            service.WithEnvironment("DOTNET_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName)
                .WithEndpoint("http", endpoint => endpoint.TargetHost = host.Length == 0 ? "*" : host)
                .WithPortSetting(port, setting);
        }

        return service
            .WithHttpHealthCheck("/readyz")
            .WithLinks([.. links, ("/metrics", "Metrics"), ("/readyz", "Readiness")]);
    }

    /// <summary>The first takes the place of the bare address.</summary>
    private static IResourceBuilder<ProjectResource> WithLinks(
        this IResourceBuilder<ProjectResource> service, IReadOnlyList<(string Path, string Text)> links)
    {
        service.WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = links[0]);
        foreach (var (path, text) in links.Skip(1))
        {
            service.WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = path, DisplayText = text });
        }

        return service;
    }
}
