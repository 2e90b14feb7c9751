using System.Security.Cryptography;
using System.Text;

namespace ServiceDesk.Tests.Kubernetes;

public sealed class JobNameTests
{
    /// <summary>Like scripts/manifests.sh: the rendered document without the line of its name.</summary>
    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task The_name_of_the_migration_says_what_it_contains(string folder)
    {
        var text = (await Overlay.RenderAsync(folder)).Text;
        var job = text.Split("---\n").Single(d => d.Contains("\nkind: Job\n", StringComparison.Ordinal)).TrimEnd('\n');
        var lines = job.Split('\n');
        var content = string.Join('\n', lines.Where(l => !l.StartsWith("  name: ", StringComparison.Ordinal))) + '\n';
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..10];
        Assert.True(lines.Contains($"  name: migrator-{hash}"),
            "A Job cannot be changed in the cluster, so a changed one needs another name: "
            + $"run scripts/manifests.sh --names infra/k8s/{folder}");
    }
}
