namespace ServiceDesk.AppHost.Running;

internal static class ModelExtensions
{
    private const string Endpoint = "http";

    /// <summary>The parts of the system that stay and serve.</summary>
    public static IEnumerable<IResource> Services(this DistributedApplicationModel model) =>
        model.Resources.OfType<ProjectResource>().Where(project => project.GetEndpoint(Endpoint).Exists);

    /// <returns>Null when there is no such resource.</returns>
    public static string? UrlOf(this DistributedApplicationModel model, string resource, string endpoint) =>
        model.Resources.OfType<IResourceWithEndpoints>()
            .FirstOrDefault(r => r.Name == resource)?.GetEndpoint(endpoint).Url;
}
