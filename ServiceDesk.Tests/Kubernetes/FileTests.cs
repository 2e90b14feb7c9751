using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What can be said about infra/k8s without kustomize.</summary>
public sealed partial class FileTests
{
    public static TheoryData<string> Files => [.. ManifestFiles.Yaml];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_yaml(string file) => Assert.NotEmpty(YamlDocuments.Parse(ManifestFiles.Read(file)));

    [Fact]
    public void The_base_is_what_was_generated_from_the_checked_in_manifest_and_templates()
    {
        var listed = ManifestFiles.Read("infra/k8s/base/checksums").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[66..], line => line[..64]);
        var present = ManifestFiles.Yaml.Where(f => f.StartsWith("infra/k8s/base/", StringComparison.Ordinal))
            .Concat(Directory.GetFiles(Path.Combine(ManifestFiles.Folder, "templates"))
                .Select(f => $"infra/k8s/templates/{Path.GetFileName(f)}"))
            .Concat(["ServiceDesk.AppHost/aspire-manifest.json", "ServiceDesk.AppHost/aspirate.json"])
            .ToDictionary(file => file, Hash);

        Assert.True(listed.Count == present.Count && present.All(p => listed.GetValueOrDefault(p.Key) == p.Value),
            "infra/k8s/base is stale: run make manifests. Different: " +
            string.Join(", ", present.Except(listed).Concat(listed.Except(present)).Select(p => p.Key).Distinct()));
    }

    [Fact]
    public void The_base_has_every_variable_of_the_checked_in_manifest_and_no_other() => Assert.All(
        ManifestFiles.AspireResources.Where(r => r.Value!["env"] is not null),
        resource => Assert.Equal(
            resource.Value!["env"]!.AsObject().Select(v => v.Key).Append("POSTGRES_PASSWORD").Distinct()
                .Order(StringComparer.Ordinal),
            GeneratedVariables(resource.Key).Append("POSTGRES_PASSWORD").Distinct().Order(StringComparer.Ordinal)));

    [Fact]
    public void Nothing_in_it_belongs_to_the_machine_that_wrote_it() => Assert.All(
        Directory.GetFiles(ManifestFiles.Base, "*", SearchOption.AllDirectories),
        file => Assert.DoesNotMatch(MachinePath(), File.ReadAllText(file)));

    private static IEnumerable<string> GeneratedVariables(string resource)
    {
        var folder = Path.Combine("infra", "k8s", "base", resource);
        var settings = YamlDocuments.Parse(ManifestFiles.Read(Path.Combine(folder, "kustomization.yaml")))[0]
            .Items("configMapGenerator")
            .SelectMany(map => map.Items("literals")).Select(literal => literal.ToString().Split('=')[0]);
        var workload = Directory.GetFiles(Path.Combine(ManifestFiles.Root, folder)).Single(f =>
            f.EndsWith("set.yaml", StringComparison.Ordinal)
            || f.EndsWith("deployment.yaml", StringComparison.Ordinal));
        JsonNode pod = YamlDocuments.Parse(File.ReadAllText(workload))[0].At("spec.template.spec")!;
        return settings.Concat(pod.Items("containers").SelectMany(c => c.Items("env")).Select(v => v.Text("name")!));
    }

    private static string Hash(string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(ManifestFiles.Root, file))));

    [GeneratedRegex("/(home|root|Users|opt|work|tmp/[a-z])", RegexOptions.IgnoreCase)]
    private static partial Regex MachinePath();
}
