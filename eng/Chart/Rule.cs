using System.Text.RegularExpressions;

namespace Chart;

/// <summary>What is not the same in every chart.</summary>
/// <param name="Where">Kind/name and path, such as <c>Service/ticket-api: spec.type</c>; * is anything up to a dot, and
/// ** anything.</param>
/// <param name="Value">The setting whose value stands there, or null for what the sources have.</param>
/// <param name="When">The action that decides whether it is there, or null for always.</param>
/// <param name="Template">What is written instead of the setting's value itself.</param>
/// <param name="IsBlock">Whether a whole map or list is the setting's.</param>
internal sealed record Rule(
    string Where, string? Value = null, string? When = null, string? Template = null, bool IsBlock = false)
{
    private readonly Regex _where = new(
        "^" + Regex.Escape(Where).Replace(@"\*\*", ".*").Replace(@"\*", "[^.]*").Replace(@"\|", "|")
            .Replace(@"\(", "(").Replace(@"\)", ")").Replace(@"\ ", " ") + "$");

    public bool Fits(string place) => _where.IsMatch(place);
}

/// <summary>What a chart may have and the sources have not, such as pull secrets.</summary>
/// <param name="Where">The map or list that gets it; as in rules.</param>
/// <param name="Entry">What is added, with the condition for it.</param>
internal sealed record Insertion(string Where, Entry Entry)
{
    private readonly Rule _where = new(Where);

    public bool Fits(string place) => _where.Fits(place);
}

/// <summary>A setting of the chart: in values.yaml, and in values-production.yaml where that differs.</summary>
/// <param name="Path">Such as image.tag.</param>
/// <param name="About">What it is, for the comment and the schema.</param>
/// <param name="Demo">Its value where the sources do not say it.</param>
/// <param name="Production">Likewise; unset: the same.</param>
/// <param name="OneOf">The values that it may have, if there are few.</param>
internal sealed record Setting(
    string Path, string About, object? Demo = null, object? Production = null, string[]? OneOf = null)
{
    /// <summary>No value, whatever the sources say, for a whole number.</summary>
    public static readonly object NoNumber = new();
}

/// <summary>A file of templates and what belongs in it.</summary>
/// <param name="Where">Kind/name; as in rules.</param>
/// <param name="File">The file's name.</param>
/// <param name="When">The condition for the documents, or null.</param>
internal sealed record Place(string Where, string File, string? When = null)
{
    private readonly Regex _where = new("^(" + Where.Replace("*", ".*") + ")$");

    public bool Fits(string id) => _where.IsMatch(id);

    public string FileOf(string id) => File.Replace("*", id[(id.IndexOf('/') + 1)..]);
}
