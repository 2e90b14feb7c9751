namespace Chart;

/// <summary>The generated files of the chart.</summary>
internal static class Files
{
    public const string Mark = "Written by eng/Chart from infra/k8s";

    /// <summary>Their content by name.</summary>
    /// <exception cref="InvalidOperationException">The overlays say something that the rules do not know.</exception>
    public static IReadOnlyDictionary<string, string> Of(Sources sources)
    {
        var values = new Values(ChartSettings.All);
        var composer = new Composer(Content.Rules, Content.Insertions, values);
        var documents =
            from id in sources.Demo.Keys.Union(sources.Production.Keys)
            let place = Content.Places.First(p => p.Fits(id))
            let demo = sources.Demo.GetValueOrDefault(id)
            let production = sources.Production.GetValueOrDefault(id)
            let text = Document(id, place, composer.Compose(id, demo, production))
            group text by place.FileOf(id);
        var files = documents.ToDictionary(
            file => $"templates/{file.Key}.yaml", file => $"{{{{- /* {Mark}. */ -}}}}\n{string.Concat(file)}");
        if (composer.Unused.FirstOrDefault() is { } unused)
        {
            throw new InvalidOperationException($"the rule for {unused.Where} is about nothing");
        }

        files["values.yaml"] = values.Write(production: false);
        files["values-production.yaml"] = values.Write(production: true);
        files["values.schema.json"] = values.Schema();
        return files;
    }

    private static string Document(string id, Place place, Map document)
    {
        var (before, after) = place.When is null ? ("", "") : ($"{{{{- {place.When} }}}}\n", "{{- end }}\n");
        if (id != "Job/migrator")
        {
            return $"{before}---\n{TemplateWriter.Write(document)}{after}";
        }

        // Its name says what it contains, as a Job cannot be changed.
        var content = document.Entries.Single(e => e.Key == "spec");
        var rest = new Map([.. document.Entries.Where(e => e != content)]);
        return "{{- define \"servicedesk.migration\" }}\n"
            + TemplateWriter.Write(new Map([content]))
            + "{{- end }}\n---\n"
            + TemplateWriter.Write(rest)
            + "{{- include \"servicedesk.migration\" $ }}\n";
    }
}
