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

    /// <exception cref="ApiException">A rule is broken.</exception>
    public static NewTicket Check(CreateTicketRequest request, string? idempotencyKey)
    {
        RefuseUnknown(request.Unknown);
        var title = Text("title", request.Title ?? throw Invalid("title", "is required")).Trim();
        var description = Text("description", request.Description ?? "");
        if (Length(title) is < MinTitle or > MaxTitle)
        {
            throw Invalid("title", $"must have {MinTitle} to {MaxTitle} characters after trimming, not {Length(title)}");
        }

        if (Length(description) > MaxDescription)
        {
            throw Invalid("description", $"must have at most {MaxDescription} characters, not {Length(description)}");
        }

        return new NewTicket(title, description, CheckKey(idempotencyKey));
    }

    /// <inheritdoc cref="Check(CreateTicketRequest, string?)"/>
    public static string Check(ChangeStatusRequest request)
    {
        RefuseUnknown(request.Unknown);
        return CheckStatus(request.Status ?? throw Invalid("status", "is required"));
    }

    public static string CheckStatus(string status) => TicketStatus.All.Contains(status)
        ? status
        : throw Invalid("status", $"must be one of {string.Join(", ", TicketStatus.All)}");

    private static string? CheckKey(string? key) =>
        key is null || (key.Length is > 0 and <= MaxIdempotencyKey && key.All(c => c is >= ' ' and < '\x7f'))
            ? key
            : throw Invalid("Idempotency-Key", $"must be 1 to {MaxIdempotencyKey} printable ASCII characters");

    private static string Text(string field, string value) => value.Contains('\0')
        ? throw Invalid(field, "must not contain the character U+0000")
        : value;

    /// <summary>Characters as Postgres counts them: code points, not UTF-16 units.</summary>
    private static int Length(string text) => text.EnumerateRunes().Count();

    private static void RefuseUnknown(Dictionary<string, JsonElement>? unknown)
    {
        if (unknown?.Keys.FirstOrDefault() is { } field)
        {
            throw Invalid(field.Length > 100 ? field[..100] : field, "is not a known field");
        }
    }

    private static ApiException Invalid(string field, string rule) => new(Problems.Validation(field, rule));
}
