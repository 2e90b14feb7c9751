using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>A folder as kustomize renders it: what would be applied.</summary>
internal sealed class Overlay(string text)
{
    public const string Kind = "overlays/kind";
    public const string Production = "overlays/production";

    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> Rendered = new();

    /// <summary>As kustomize wrote it.</summary>
    public string Text => text;

    public IReadOnlyList<JsonNode> Documents { get; } = YamlDocuments.Parse(text);

    public IEnumerable<Workload> Workloads => Documents
        .Where(d => Workload.Kinds.Contains(d.Text("kind"))).Select(d => new Workload(this, d));

    /// <param name="folder">Below infra/k8s.</param>
    public static Task<Overlay> RenderAsync(string folder) =>
        Rendered.GetOrAdd(folder, f => new(() => RenderNowAsync(f))).Value;

    /// <summary>The production overlay with one more of its components.</summary>
    /// <param name="component">Below infra/k8s.</param>
    public static async Task<Overlay> RenderWithAsync(string component)
    {
        using var folder = new TemporaryFolder();
        string Relative(string path) =>
            Path.GetRelativePath(folder.FullName, Path.Combine(ManifestFiles.Folder, path));
        folder.Write("kustomization.yaml", $"""
            resources: ["{Relative(Production)}"]
            components: ["{Relative(component)}"]
            """);
        return await RenderNowAsync(folder.FullName);
    }

    public IEnumerable<JsonNode> OfKind(params string[] kinds) => Documents.Where(d => kinds.Contains(d.Text("kind")));

    public JsonNode? Find(string kind, string name) =>
        Documents.SingleOrDefault(d => d.Text("kind") == kind && d.Text("metadata.name") == name);

    public Workload WorkloadOf(string app) => Workloads.Single(w => w.App == app);

    private static async Task<Overlay> RenderNowAsync(string folder)
    {
        await using var kubectl = ChildProcess.Start(
            "kubectl", ["kustomize", Path.Combine(ManifestFiles.Folder, folder)], []);
        Assert.True(await kubectl.ExitCodeAsync() == 0, kubectl.Output.ToString());
        return new Overlay(string.Join('\n', kubectl.Output.Standard) + '\n');
    }
}
