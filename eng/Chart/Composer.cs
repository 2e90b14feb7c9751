using System.Text.Json.Nodes;

namespace Chart;

/// <summary>Makes one template of the two forms of a document. Where they differ, a rule has to say why.</summary>
internal sealed class Composer(IReadOnlyList<Rule> rules, IReadOnlyList<Insertion> insertions, Values values)
{
    private readonly HashSet<Rule> _used = [];

    /// <summary>Rules that were about nothing: mistakes.</summary>
    public IEnumerable<Rule> Unused => rules.Where(r => !_used.Contains(r));

    /// <exception cref="InvalidOperationException">The forms differ, and no rule says why.</exception>
    public Map Compose(string id, JsonNode? demo, JsonNode? production)
    {
        var node = (Map)Of($"{id}: ", demo, production, indent: 0);
        return new Map([.. node.Entries.Where(e => e.Key is "apiVersion" or "kind"),
            .. node.Entries.Where(e => e.Key is not ("apiVersion" or "kind"))]);
    }

    private Node Of(string place, JsonNode? demo, JsonNode? production, int indent)
    {
        if (RuleFor(place, r => r.Value is not null || r.Template is not null) is { } rule)
        {
            return Varying(rule, demo, production);
        }

        return (demo ?? production, production ?? demo) switch
        {
            (JsonObject first, JsonObject second) => OfMap(place, demo as JsonObject, production as JsonObject, indent),
            (JsonArray first, JsonArray second) when Named(first) && Named(second) =>
                OfNamed(place, demo as JsonArray, production as JsonArray, indent),
            (JsonArray first, JsonArray second) when JsonNode.DeepEquals(first, second) => new Sequence(
                [.. first.Index().Select(i => ItemOf($"{place}.{i.Index}", i.Item, i.Item, indent))]),
            (var first, var second) when JsonNode.DeepEquals(first, second) =>
                new Text(TemplateWriter.Scalar(first, indent)),
            _ => throw new InvalidOperationException(
                $"{place} is {demo?.ToJsonString()} in the demo and {production?.ToJsonString()} in production, and no "
                + "rule says why"),
        };
    }

    private Map OfMap(string place, JsonObject? demo, JsonObject? production, int indent)
    {
        var keys = (demo ?? []).Concat(production ?? []).Select(p => p.Key).Distinct();
        var entries = keys.Select(key => new Entry(
            Key(key),
            Of(At(place, key), demo?[key], production?[key], indent + 2),
            When(At(place, key), IsOnlyIn(key, demo, production)))).ToList();
        entries.AddRange(Inserted(place));
        // A map that is an item begins with an entry that is always there.
        return new Map([.. entries.OrderBy(e => e.When is null ? 0 : 1)]);
    }

    private Sequence OfNamed(string place, JsonArray? demo, JsonArray? production, int indent)
    {
        var names = (demo ?? []).Concat(production ?? []).Select(i => i.Text("name")!).Distinct();
        JsonNode? Find(JsonArray? items, string name) => items?.SingleOrDefault(i => i.Text("name") == name);
        var both = demo is not null && production is not null;
        return new Sequence([.. names.Select(name => ItemOf(
            At(place, name), Find(demo, name), Find(production, name), indent, both)), .. Inserted(place)]);
    }

    private Entry ItemOf(string place, JsonNode? demo, JsonNode? production, int indent, bool both = true) => new(
        "", Of(place, demo, production, indent + 2), When(place, both && demo is null != production is null));

    /// <summary>A difference is one where the other form has the document, too.</summary>
    private static bool IsOnlyIn(string key, JsonObject? demo, JsonObject? production) =>
        demo is not null && production is not null && demo.ContainsKey(key) != production.ContainsKey(key);

    private string? When(string place, bool mustBeSaid)
    {
        var rule = RuleFor(place, r => r.When is not null);
        return rule is not null || !mustBeSaid
            ? rule?.When
            : throw new InvalidOperationException($"{place} is in one form only, and no rule says when");
    }

    private IEnumerable<Entry> Inserted(string place) => insertions.Where(i => i.Fits(place)).Select(i => i.Entry);

    private Node Varying(Rule rule, JsonNode? demo, JsonNode? production)
    {
        if (rule.Value is not null)
        {
            var isOptional = rule.When?.Contains($"$.Values.{rule.Value}", StringComparison.Ordinal) == true;
            values.Learn(
                rule.Value, isOptional ? demo : demo ?? production, isOptional ? production : production ?? demo);
        }

        if (rule.IsBlock)
        {
            return new Block($"toYaml $.Values.{rule.Value}");
        }

        return new Text(rule.Template ?? Values.Action(rule.Value!, demo ?? production));
    }

    private Rule? RuleFor(string place, Predicate<Rule> wanted)
    {
        var rule = rules.FirstOrDefault(r => wanted(r) && r.Fits(place));
        if (rule is not null)
        {
            _used.Add(rule);
        }

        return rule;
    }

    private static bool Named(JsonArray items) =>
        items.Count > 0 && items.All(i => i is JsonObject && i.Text("name") is not null)
        && items.DistinctBy(i => i.Text("name")).Count() == items.Count;

    private static string At(string place, string key) => place.EndsWith(": ", StringComparison.Ordinal)
        ? place + key
        : $"{place}.{key}";

    private static string Key(string key) => TemplateWriter.Scalar(JsonValue.Create(key), 0);
}
