using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Aspire;

/// <summary>The manifest as the AppHost publishes it now, beside the one that is checked in.</summary>
public sealed class PublishedManifest : IAsyncLifetime
{
    private const string SnapshotName = "aspire-manifest.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public JsonObject Resources => Manifest["resources"]!.AsObject();

    public JsonNode Manifest { get; private set; } = new JsonObject();

    public string Errors { get; private set; } = "";

    public static string SnapshotPath => Path.Combine(AppHostProgram.Folder, SnapshotName);

    /// <summary>Written to its own folder, so project paths are relative to the AppHost as in the snapshot.</summary>
    public string Text => Manifest.ToJsonString(Indented);

    public static string Snapshot => JsonNode.Parse(File.ReadAllText(SnapshotPath))!.ToJsonString(Indented);

    public async Task InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("servicedesk-manifest-").FullName;
        try
        {
            var file = Path.Combine(folder, SnapshotName);
            var run = await AppHostProgram.RunAsync("--publisher", "manifest", "--output-path", file);
            Assert.True(run.ExitCode == 0, run.Output + run.Errors);
            Errors = run.Errors;
            Manifest = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            foreach (var project in Resources.Select(r => r.Value!.AsObject()).Where(r => r.ContainsKey("path")))
            {
                var path = Path.GetFullPath((string)project["path"]!, folder);
                project["path"] = Path.GetRelativePath(AppHostProgram.Folder, path).Replace('\\', '/');
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Every text in the manifest with the path to it.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(p => Texts(p.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            [(value.GetPath(), value.GetValue<string>())],
        _ => [],
    };
}
