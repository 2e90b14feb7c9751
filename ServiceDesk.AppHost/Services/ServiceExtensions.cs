namespace ServiceDesk.AppHost.Services;

internal static class ServiceExtensions
{
    /// <summary>Injects the connection strings, and nothing else: the single properties that Aspire would add carry the
    /// password in a form that tools which read the manifest cannot resolve.</summary>
    public static IResourceBuilder<ProjectResource> WithConnections(
        this IResourceBuilder<ProjectResource> service, params IEnumerable<IResourceBuilder<IResourceWithConnectionString>> servers)
    {
        service.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString);
        foreach (var server in servers)
        {
            service.WithReference(server);
        }

        return service;
    }

    /// <summary>Gives the service its port, its readiness check and a link to its metrics.</summary>
    public static IResourceBuilder<ProjectResource> WithHttp(this IResourceBuilder<ProjectResource> service, int port)
    {
        var published = service.ApplicationBuilder.ExecutionContext.IsPublishMode;
        if (!published)
        {
            service.WithEnvironment("DOTNET_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName);
        }

        // On this machine the port is Aspire's proxy's, in front of however many replicas; deployed, each listens on it.
        return service
            .WithHttpEndpoint(port: published ? null : port, targetPort: published ? port : null, name: "http")
            .WithHttpHealthCheck("/readyz")
            .WithLink("/metrics", "Metrics")
            .WithLink("/readyz", "Readiness");
    }

    public static IResourceBuilder<ProjectResource> WithLink(this IResourceBuilder<ProjectResource> service, string path, string text) =>
        service.WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = path, DisplayText = text });
}
