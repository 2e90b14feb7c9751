using Chart;

if (args is not [var manifests, var chart])
{
    Console.Error.WriteLine("Usage: Chart MANIFESTS CHART, such as infra/k8s infra/helm/servicedesk");
    return 2;
}

var templates = Path.Combine(chart, "templates");
Directory.CreateDirectory(templates);
// Those that people write say nothing of this program.
foreach (var old in Directory.EnumerateFiles(templates, "*.yaml").Where(f => File.ReadAllText(f).Contains(Files.Mark)))
{
    File.Delete(old);
}

foreach (var (name, text) in Files.Of(await Sources.RenderAsync(manifests)))
{
    await File.WriteAllTextAsync(Path.Combine(chart, name), text);
}

return 0;
