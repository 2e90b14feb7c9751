using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>What is secret stands in no file.</summary>
public sealed partial class SecretTests
{
    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task There_is_no_secret_among_the_documents(string folder) =>
        Assert.Empty((await Overlay.RenderAsync(folder)).OfKind("Secret"));

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task No_config_map_has_anything_secret(string folder) => Assert.All(
        (await Overlay.RenderAsync(folder)).OfKind("ConfigMap").SelectMany(map => map.Map("data")), setting =>
        {
            Assert.DoesNotMatch(SecretName(), setting.Key);
            Assert.DoesNotMatch(Password(), setting.Value);
            Assert.DoesNotContain("ConnectionStrings", setting.Key, StringComparison.OrdinalIgnoreCase);
        });

    [RequiresProgramTheory("kubectl")]
    [InlineData(Overlay.Kind)]
    [InlineData(Overlay.Production)]
    public async Task A_secret_variable_refers_to_a_secret(string folder) => Assert.All(
        (await Overlay.RenderAsync(folder)).Workloads.SelectMany(w => w.Container.Items("env")), variable =>
        {
            if (SecretName().IsMatch(variable.Text("name")!) || variable.Text("name") == "DATABASE_URL")
            {
                Assert.NotNull(variable.At("valueFrom.secretKeyRef"));
            }

            Assert.DoesNotMatch(Password(), variable.Text("value") ?? "");
        });

    [GeneratedRegex("password|secret|token", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    /// <summary>In a connection string or a URL, unless Kubernetes puts it in.</summary>
    [GeneratedRegex(@"(password|pwd)\s*=\s*[^;$]|://[^/@:]+:[^/@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex Password();
}
