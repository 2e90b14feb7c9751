using System.Text.Json;
using Npgsql;

namespace ServiceDesk.Tests.Integration.Costs;

/// <summary>A plan as it was carried out, node by node.</summary>
internal static class QueryPlan
{
    public static async Task<IReadOnlyList<JsonElement>> ExplainAsync(NpgsqlCommand statement)
    {
        statement.CommandText = $"EXPLAIN (ANALYZE, FORMAT JSON) {statement.CommandText}";
        using var plan = JsonDocument.Parse((string)(await statement.ExecuteScalarAsync())!);
        return [.. Nodes(plan.RootElement[0].GetProperty("Plan").Clone())];
    }

    /// <returns>How many rows a node came by, whether it passed them on or not.</returns>
    public static double Rows(JsonElement node) => Number(node, "Actual Loops") * (
        Number(node, "Actual Rows") + Number(node, "Rows Removed by Filter")
        + Number(node, "Rows Removed by Join Filter"));

    private static double Number(JsonElement node, string name) =>
        node.TryGetProperty(name, out var number) ? number.GetDouble() : 0;

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans)
            ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node)
            : [node];
}
