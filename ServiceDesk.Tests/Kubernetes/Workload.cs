using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>Something that runs pods, and the environment that Kubernetes would give their container.</summary>
internal sealed partial class Workload(Overlay overlay, JsonNode document)
{
    public static readonly string[] Kinds = ["Deployment", "StatefulSet", "Job"];

    public JsonNode Document => document;

    public string App => Labels["app.kubernetes.io/name"];

    public bool IsOurs => Container.Text("image")!.Contains("servicedesk/", StringComparison.Ordinal);

    public bool Listens => Container.Items("ports").Any();

    public JsonNode Pod => document.At("spec.template.spec")!;

    public IReadOnlyDictionary<string, string> Labels => document.Map("spec.template.metadata.labels");

    /// <summary>None here has a second one.</summary>
    public JsonNode Container => Assert.Single(Pod.Items("containers"));

    /// <summary>The environment, as the kubelet puts it together.</summary>
    /// <param name="secret">The value of a Secret's key.</param>
    public Dictionary<string, string> Environment(Func<string, string, string> secret)
    {
        var result = new Dictionary<string, string>();
        foreach (var source in Container.Items("envFrom"))
        {
            var name = source.Text("configMapRef.name")!;
            var map = overlay.Find("ConfigMap", name)
                ?? throw new InvalidOperationException($"{document.Id()}: no ConfigMap {name}");
            foreach (var (key, value) in map.Map("data"))
            {
                result[key] = value;
            }
        }

        foreach (var variable in Container.Items("env"))
        {
            // Only what was defined before is put in, and only here, never in what comes from a ConfigMap.
            result[variable.Text("name")!] = variable.At("valueFrom.secretKeyRef") is { } reference
                ? secret(reference.Text("name")!, reference.Text("key")!)
                : Variable().Replace(
                    variable.Text("value")!, m => result.GetValueOrDefault(m.Groups[1].Value, m.Value));
        }

        return result;
    }

    public override string ToString() => document.Id();

    [GeneratedRegex(@"\$\(([^)]+)\)")]
    private static partial Regex Variable();
}
