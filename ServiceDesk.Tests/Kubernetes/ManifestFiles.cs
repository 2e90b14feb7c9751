using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>infra/k8s as it lies in the repository.</summary>
internal static class ManifestFiles
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "infra", "k8s");

    public static string Base { get; } = Path.Combine(Folder, "base");

    /// <summary>All that kubectl, kustomize or kind read; relative to the repository.</summary>
    public static IEnumerable<string> Yaml => Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    /// <summary>The checked-in manifest of the AppHost, resource by resource.</summary>
    public static JsonObject AspireResources =>
        JsonNode.Parse(Read("ServiceDesk.AppHost/aspire-manifest.json"))!["resources"]!.AsObject();

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ServiceDesk.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
