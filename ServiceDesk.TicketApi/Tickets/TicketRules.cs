using System.Text.Json;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>What a request must keep to; the database checks the same bounds again.</summary>
internal static class TicketRules
{
    public const int MinTitle = 3;
    public const int MaxTitle = 200;
    public const int MaxDescription = 5000;
    public const int MaxIdempotencyKey = 255;

    public static Outcome<NewTicket> Parse(CreateTicketRequest request, string? idempotencyKey)
    {
        var title = request.Title?.Trim();
        var description = request.Description ?? "";
        if (RefuseUnknown(request.Unknown) is { } unknown)
        {
            return unknown;
        }

        if (title is null)
        {
            return Problems.Validation("title", "is required");
        }

        if ((RefuseNull("title", title) ?? RefuseNull("description", description)) is { } unstorable)
        {
            return unstorable;
        }

        if (Length(title) is var length and (< MinTitle or > MaxTitle))
        {
            return Problems.Validation("title", $"must have {MinTitle} to {MaxTitle} characters after trimming, not {length}");
        }

        if (Length(description) is var size and > MaxDescription)
        {
            return Problems.Validation("description", $"must have at most {MaxDescription} characters, not {size}");
        }

        if (idempotencyKey is not null && !IsKey(idempotencyKey))
        {
            return Problems.Validation("Idempotency-Key", $"must be 1 to {MaxIdempotencyKey} printable ASCII characters");
        }

        var hash = idempotencyKey is null
            ? null
            : RequestHash.Compute(request with { Title = title, Description = description });
        return new NewTicket(title, description, idempotencyKey, hash);
    }

    public static Outcome<string> Parse(ChangeStatusRequest request) =>
        RefuseUnknown(request.Unknown) is { } unknown ? unknown
        : request.Status is null ? Problems.Validation("status", "is required")
        : ParseStatus(request.Status);

    public static Outcome<string> ParseStatus(string status) => TicketStatus.All.Contains(status)
        ? status
        : Problems.Validation("status", $"must be one of {string.Join(", ", TicketStatus.All)}");

    private static bool IsKey(string key) =>
        key.Length is > 0 and <= MaxIdempotencyKey && key.All(c => c is >= ' ' and < '\x7f');

    /// <summary>Postgres cannot store U+0000 in a text.</summary>
    private static Problem? RefuseNull(string field, string value) =>
        value.Contains('\0') ? Problems.Validation(field, "must not contain the character U+0000") : null;

    private static Problem? RefuseUnknown(Dictionary<string, JsonElement>? unknown) =>
        unknown?.Keys.FirstOrDefault() is { } field
            ? Problems.Validation(field.Length > 100 ? field[..100] : field, "is not a known field")
            : null;

    /// <summary>Characters as Postgres counts them: code points, not UTF-16 units.</summary>
    private static int Length(string text) => text.EnumerateRunes().Count();
}
