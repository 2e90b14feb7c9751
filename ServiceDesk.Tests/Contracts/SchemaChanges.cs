using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>What of a schema would break those who go by an earlier one. A request may only be taken more widely, and
/// an answer or an event only be promised more narrowly.</summary>
internal static class SchemaChanges
{
    private static readonly string[] LowerBounds = ["minLength", "minimum", "minItems"];
    private static readonly string[] UpperBounds = ["maxLength", "maximum", "maxItems"];

    public static IEnumerable<string> Between(
        Func<JsonNode, JsonObject> resolveBefore, JsonNode before, Func<JsonNode, JsonObject> resolveAfter,
        JsonNode after, string place, bool isRequest)
    {
        var (old, now) = (resolveBefore(before), resolveAfter(after));
        foreach (var change in Keywords(old, now, isRequest))
        {
            yield return $"{place}: {change}";
        }

        var properties = (JsonObject?)now["properties"] ?? [];
        foreach (var (name, property) in (JsonObject?)old["properties"] ?? [])
        {
            if (properties[name] is not { } same)
            {
                yield return $"{place}.{name} is gone";
                continue;
            }

            foreach (var change in Between(
                resolveBefore, property!, resolveAfter, same, $"{place}.{name}", isRequest))
            {
                yield return change;
            }
        }

        if (old["items"] is { } items)
        {
            foreach (var change in Between(
                resolveBefore, items, resolveAfter, now["items"] ?? new JsonObject(), $"{place}[]", isRequest))
            {
                yield return change;
            }
        }
    }

    private static IEnumerable<string> Keywords(JsonObject old, JsonObject now, bool isRequest)
    {
        // Of a request, what was taken must be taken still; of an answer, what may come must have been known.
        var (narrow, wide) = isRequest ? (old, now) : (now, old);
        foreach (var keyword in new[] { "type", "enum" })
        {
            if (wide[keyword] is not null
                && (narrow[keyword] is null || !Values(narrow[keyword]).IsSubsetOf(Values(wide[keyword]))))
            {
                yield return $"{keyword} has changed";
            }
        }

        foreach (var keyword in new[] { "const", "pattern", "format" })
        {
            if (wide[keyword] is not null && !JsonNode.DeepEquals(wide[keyword], narrow[keyword]))
            {
                yield return $"{keyword} has changed";
            }
        }

        foreach (var keyword in LowerBounds)
        {
            if (((double?)narrow[keyword] ?? double.MinValue) < ((double?)wide[keyword] ?? double.MinValue))
            {
                yield return $"{keyword} has changed";
            }
        }

        foreach (var keyword in UpperBounds)
        {
            if (((double?)narrow[keyword] ?? double.MaxValue) > ((double?)wide[keyword] ?? double.MaxValue))
            {
                yield return $"{keyword} has changed";
            }
        }

        if (!Values(wide["required"]).IsSubsetOf(Values(narrow["required"])))
        {
            yield return "required has changed";
        }
    }

    private static HashSet<string> Values(JsonNode? node) => node switch
    {
        null => [],
        JsonArray many => [.. many.Select(v => v?.ToJsonString() ?? "null")],
        _ => [node.ToJsonString()],
    };
}
