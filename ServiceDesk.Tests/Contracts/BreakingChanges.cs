using System.Text.Json.Nodes;

namespace ServiceDesk.Tests.Contracts;

/// <summary>What would break those who go by an earlier document: less is taken, or less is promised.</summary>
internal sealed class BreakingChanges
{
    private readonly OpenApiDocument _before;
    private readonly OpenApiDocument _after;
    private readonly List<string> _found = [];

    private BreakingChanges(OpenApiDocument before, OpenApiDocument after) => (_before, _after) = (before, after);

    public static List<string> Between(OpenApiDocument before, OpenApiDocument after)
    {
        var changes = new BreakingChanges(before, after);
        changes.Compare();
        return changes._found;
    }

    private void Compare()
    {
        if (IsOpen(_before) && !IsOpen(_after))
        {
            _found.Add("a token is required");
        }

        foreach (var before in _before.Operations)
        {
            var after = _after.Operations.SingleOrDefault(o => (o.Path, o.Method) == (before.Path, before.Method));
            if (after is null)
            {
                _found.Add($"{before.Id} is gone");
                continue;
            }

            CompareParameters(before, after);
            CompareContents(
                before.Bodies, after.Bodies, $"{before.Id} body", isRequest: true);
            foreach (var (status, response) in before.Responses)
            {
                CompareResponse(
                    response, after.Responses.SingleOrDefault(r => r.Status == status).Response,
                    $"{before.Id} {status}", isError: status[0] is '4' or '5');
            }
        }
    }

    private static bool IsOpen(OpenApiDocument document) =>
        document.Root["security"] is not JsonArray { Count: > 0 } ways || ways.Any(w => w!.AsObject().Count == 0);

    private void CompareParameters(ApiOperation before, ApiOperation after)
    {
        var (old, now) = (ByName(before), ByName(after));
        foreach (var (name, parameter) in old)
        {
            if (!now.TryGetValue(name, out var same))
            {
                _found.Add($"{before.Id} {name} is gone");
                continue;
            }

            CompareSchemas(parameter["schema"]!, same["schema"]!, $"{before.Id} {name}", isRequest: true);
        }

        _found.AddRange(now
            .Where(p => IsRequired(p.Value) && !(old.TryGetValue(p.Key, out var same) && IsRequired(same)))
            .Select(p => $"{before.Id} {p.Key} is required"));
    }

    private static Dictionary<string, JsonObject> ByName(ApiOperation operation) =>
        operation.Parameters.ToDictionary(p => $"{p["in"]} {p["name"]}");

    private static bool IsRequired(JsonObject node) => (bool?)node["required"] ?? false;

    private void CompareResponse(JsonObject before, JsonObject? after, string place, bool isError)
    {
        if (after is null)
        {
            if (!isError)
            {
                _found.Add($"{place} is gone");
            }

            return;
        }

        foreach (var (name, header) in (JsonObject?)before["headers"] ?? [])
        {
            if (after["headers"]?[name] is not { } same)
            {
                _found.Add($"{place} {name} is gone");
                continue;
            }

            CompareSchemas(
                _before.Resolve(header!)["schema"]!, _after.Resolve(same)["schema"]!, $"{place} {name}",
                isRequest: false);
        }

        CompareContents(
            (JsonObject?)before["content"] ?? [], (JsonObject?)after["content"] ?? [], place, isRequest: false);
    }

    private void CompareContents(
        IEnumerable<KeyValuePair<string, JsonNode?>> before, IEnumerable<KeyValuePair<string, JsonNode?>> after,
        string place, bool isRequest)
    {
        var now = after.ToDictionary();
        foreach (var (mediaType, content) in before)
        {
            if (!now.TryGetValue(mediaType, out var same))
            {
                _found.Add($"{place} {mediaType} is gone");
                continue;
            }

            CompareSchemas(content!["schema"]!, same!["schema"]!, place, isRequest);
        }
    }

    private void CompareSchemas(JsonNode before, JsonNode after, string place, bool isRequest) =>
        _found.AddRange(SchemaChanges.Between(_before.Resolve, before, _after.Resolve, after, place, isRequest));
}
