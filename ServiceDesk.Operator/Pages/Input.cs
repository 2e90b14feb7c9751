using System.Globalization;
using ServiceDesk.Operator.Api;

namespace ServiceDesk.Operator.Pages;

/// <summary>Reads what people write into forms and addresses.</summary>
internal static class Input
{
    /// <exception cref="ApiException">It is no id.</exception>
    public static Guid? Id(string? text, string field) =>
        string.IsNullOrWhiteSpace(text) ? null
        : Guid.TryParse(text, out var id) ? id
        : throw ApiException.Invalid(field, "must be an id (UUID)");

    /// <exception cref="ApiException">It is no number.</exception>
    public static long? Number(string? text, string field) =>
        string.IsNullOrWhiteSpace(text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiException.Invalid(field, "must be a whole number");

    /// <summary>What is given, trimmed, for an address.</summary>
    public static Dictionary<string, object?> Given(params (string Name, string? Value)[] parameters) => parameters
        .Select(p => (p.Name, Value: p.Value?.Trim()))
        .Where(p => p.Value is { Length: > 0 })
        .ToDictionary(p => p.Name, p => (object?)p.Value);
}
