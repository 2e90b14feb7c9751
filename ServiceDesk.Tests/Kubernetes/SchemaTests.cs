using System.Text.Json.Nodes;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The Kubernetes API, KEDA and the Prometheus operator accept the documents, and know all their fields. The
/// types come from npm's kubernetes-models.</summary>
public sealed class SchemaTests
{
    private static readonly NodeProject Node =
        new(Path.Combine("ServiceDesk.Tests", "Kubernetes", "Schemas"), "kubernetes-schemas");

    [RequiresProgramTheory("kubectl", "npm", "node")]
    [InlineData(Overlay.Kind, "")]
    [InlineData(Overlay.Production, "Cluster Kafka KafkaNodePool KafkaTopic KafkaUser ObjectStore ScheduledBackup")]
    public async Task Every_document_is_valid(string folder, string withoutSchema)
    {
        var documents = new JsonArray([.. (await Overlay.RenderAsync(folder)).Documents.Select(d => d.DeepClone())]);
        using var temporary = new TemporaryFolder();

        var run = await Node.RunAsync("validate.mjs", temporary.Write("documents.json", documents.ToJsonString()));

        Assert.Equal([$"unknown: {withoutSchema}"], run.Standard);
    }
}
