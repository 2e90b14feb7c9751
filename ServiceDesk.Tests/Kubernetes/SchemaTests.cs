using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The Kubernetes API, KEDA and the Prometheus operator accept the documents, and know all their fields. The
/// types come from npm's kubernetes-models.</summary>
public sealed class SchemaTests
{
    private static readonly string Sources = Path.Combine(
        ManifestFiles.Root, "ServiceDesk.Tests", "Kubernetes", "Schemas");
    private static readonly string Installed = Path.Combine(ManifestFiles.Root, ".local", "kubernetes-schemas");
    private static readonly SemaphoreSlim Gate = new(1, 1);

    [RequiresProgramTheory("kubectl", "npm", "node")]
    [InlineData(Overlay.Kind, "")]
    [InlineData(Overlay.Production, "Cluster Kafka KafkaNodePool KafkaTopic KafkaUser ObjectStore ScheduledBackup")]
    public async Task Every_document_is_valid(string folder, string withoutSchema)
    {
        await InstallAsync();
        var documents = new JsonArray([.. (await Overlay.RenderAsync(folder)).Documents.Select(d => d.DeepClone())]);
        using var temporary = new TemporaryFolder();
        var run = await RunAsync(
            "node", Path.Combine(Installed, "validate.mjs"),
            temporary.Write("documents.json", documents.ToJsonString()));
        Assert.Equal([$"unknown: {withoutSchema}"], run.Standard);
    }

    private static async Task InstallAsync()
    {
        await Gate.WaitAsync();
        try
        {
            Directory.CreateDirectory(Installed);
            File.Copy(Path.Combine(Sources, "validate.mjs"), Path.Combine(Installed, "validate.mjs"), overwrite: true);
            var wanted = await File.ReadAllTextAsync(Path.Combine(Sources, "package.json"));
            var stamp = Path.Combine(Installed, "installed.json");
            if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
            {
                await File.WriteAllTextAsync(Path.Combine(Installed, "package.json"), wanted);
                await RunAsync(
                    "npm", "install", "--prefix", Installed, "--no-audit", "--no-fund",
                    "--no-package-lock", "--ignore-scripts");
                await File.WriteAllTextAsync(stamp, wanted);
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<ProcessOutput> RunAsync(string program, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, []);
        Assert.True(await process.ExitCodeAsync(TimeSpan.FromMinutes(3)) == 0, $"{program}: {process.Output}");
        return process.Output;
    }
}
