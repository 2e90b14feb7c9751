using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chart;

/// <summary>What kustomize makes of the overlays: the one source of the manifests and the chart.</summary>
/// <param name="Demo">The kind overlay with everything beside it.</param>
/// <param name="Production">The production overlay with all its components.</param>
internal sealed partial record Sources(
    IReadOnlyDictionary<string, JsonNode> Demo, IReadOnlyDictionary<string, JsonNode> Production)
{
    /// <exception cref="InvalidOperationException">kubectl is missing, or kustomize failed.</exception>
    public static async Task<Sources> RenderAsync(string manifests)
    {
        var demo = Of(await KustomizeAsync(Path.Combine(manifests, "overlays/kind")));
        foreach (var (id, document) in Of(await KustomizeAsync(Path.Combine(manifests, "overlays/kind-demo"))))
        {
            // The demo's own names for this machine are no concern of a chart.
            if (document.Text("kind") != "Ingress")
            {
                demo.TryAdd(id, document);
            }
        }

        var production = Of(await KustomizeAsync(Path.Combine(manifests, "overlays/production")));
        foreach (var (id, document) in Of(await WithComponentsAsync(manifests, "gateway", "otlp", "console")))
        {
            production[id] = document;
        }

        return new Sources(demo, production);
    }

    private static async Task<string> WithComponentsAsync(string manifests, params string[] components)
    {
        var folder = Directory.CreateTempSubdirectory("servicedesk-chart-");
        try
        {
            var overlay = Path.GetRelativePath(folder.FullName, Path.Combine(manifests, "overlays/production"));
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "kustomization.yaml"),
                $"resources: ['{overlay}']\ncomponents: [{string.Join(", ", components.Select(c =>
                    $"'{overlay}/{c}'"))}]\n");
            return await KustomizeAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> KustomizeAsync(string folder)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", folder])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.WaitForExitAsync();
        return kubectl.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"kubectl kustomize {folder} failed");
    }

    /// <summary>Documents by kind and name. A generated ConfigMap has its own name, without the hash; a chart says
    /// otherwise that its content is new. The Job is known by what it is.</summary>
    internal static Dictionary<string, JsonNode> Of(string rendered)
    {
        var documents = YamlDocuments.Parse(rendered).Where(d => d is JsonObject).ToList();
        var hashed = documents.Where(d => d.Text("kind") == "ConfigMap").Select(d => d.Text("metadata.name")!)
            .Where(name => Hashed().IsMatch(name))
            .ToDictionary(name => name, name => name[..name.LastIndexOf('-')]);
        foreach (var document in documents)
        {
            Rename(document, hashed);
            if (document.Text("kind") == "Job")
            {
                document["metadata"]!["name"] = "migrator";
            }
        }

        return documents.Where(d => d.Text("kind") != "Namespace").ToDictionary(d => d.Id());
    }

    /// <summary>Kustomize's hashes have neither vowels nor those digits that look like letters.</summary>
    [GeneratedRegex("-[bcdfghkmt2456789]{10}$")]
    private static partial Regex Hashed();

    private static void Rename(JsonNode? node, Dictionary<string, string> names)
    {
        var places = node switch
        {
            JsonObject map => map.Select(p => p.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var value in places.ToList())
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var name)
                && names.TryGetValue(name, out var plain))
            {
                text.ReplaceWith(plain);
            }
            else
            {
                Rename(value, names);
            }
        }
    }
}
