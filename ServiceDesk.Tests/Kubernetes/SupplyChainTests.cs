using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What is published says what it is made of.</summary>
public sealed class SupplyChainTests
{
    private static readonly string[] Images = ["Migrator", "TicketApi", "OutboxRelay", "Notifier", "Operator"];
    private static readonly string[] Order = ["scripts/images.sh", "~ImageTests", "trivy", "docker push"];

    [RequiresProgramFact("node")]
    public async Task The_list_of_licences_is_of_the_packages_that_are_used()
    {
        await using var node = ChildProcess.Start(
            "node", [Path.Combine(ManifestFiles.Root, "eng/supply-chain/licences.mjs")], []);
        Assert.True(await node.ExitCodeAsync() == 0, node.Output.Text);
        Assert.DoesNotContain(node.Output.Standard, line => line.Contains("unknown", StringComparison.Ordinal));
        Assert.Equal(
            ManifestFiles.Read("docs/licences.md").TrimEnd('\n').Split('\n'), node.Output.Standard);
    }

    [Theory]
    [InlineData("Migrator")]
    [InlineData("TicketApi")]
    [InlineData("OutboxRelay")]
    [InlineData("Notifier")]
    [InlineData("Operator")]
    public async Task An_image_says_its_version_source_revision_and_licence_and_not_when_it_was_built(string service)
    {
        await using var msbuild = ChildProcess.Start("dotnet",
            ["msbuild", Path.Combine(ManifestFiles.Root, $"ServiceDesk.{service}"), "-nodeReuse:false",
                "-p:PrivateRepositoryUrl=https://example.com/servicedesk.git", "-p:RepositoryType=git",
                "-p:SourceRevisionId=0123abc", "-target:ComputeContainerConfig", "-getItem:ContainerLabel",
                "-p:Configuration=Release"], []);
        Assert.True(await msbuild.ExitCodeAsync(TimeSpan.FromMinutes(3)) == 0, msbuild.Output.ToString());
        var labels = System.Text.Json.Nodes.JsonNode.Parse(string.Join('\n', msbuild.Output.Standard))
            .Items("Items.ContainerLabel").DistinctBy(l => l.Text("Identity"))
            .ToDictionary(l => l.Text("Identity")!, l => l.Text("Value"));

        Assert.Equal("MIT", labels["org.opencontainers.image.licenses"]);
        Assert.Equal($"ServiceDesk.{service}", labels["org.opencontainers.image.title"]);
        Assert.Equal("https://example.com/servicedesk", labels["org.opencontainers.image.source"]);
        Assert.Equal("0123abc", labels["org.opencontainers.image.revision"]);
        Assert.Contains("org.opencontainers.image.version", labels.Keys);
        Assert.DoesNotContain("org.opencontainers.image.created", labels.Keys);
    }

    [Fact]
    public void A_release_builds_scans_and_signs_every_image_for_both_processors()
    {
        var workflow = YamlDocuments.Parse(ManifestFiles.Read(".github/workflows/release.yml")).Single();
        var build = workflow.At("jobs.build");
        Assert.Equal(
            ["amd64", "arm64"], build.Items("strategy.matrix.include").Select(m => m.Text("platform")));
        Assert.Equal(
            Images.Select(i => string.Concat(i.Index().Select(c =>
                c.Index > 0 && char.IsUpper(c.Item) ? $"-{c.Item}" : $"{c.Item}")).ToLowerInvariant()),
            workflow.Text("env.IMAGES")!.Split(' '));
        // What is published is what was scanned: the same tag, in this order.
        var steps = string.Join('\n', build.Items("steps").Select(s => s.Text("run")));
        int[] places = [.. Order.Select(step => steps.IndexOf(step, StringComparison.Ordinal))];
        Assert.True(places[0] >= 0 && places.SequenceEqual(places.Order()), string.Join(' ', places));
        var publish = string.Join('\n', workflow.Items("jobs.publish.steps").Select(s => s.Text("run")));
        Assert.All(["make sbom", "cosign sign", "cosign attest", "helm push"], step =>
            Assert.Contains(step, publish, StringComparison.Ordinal));
    }
}
