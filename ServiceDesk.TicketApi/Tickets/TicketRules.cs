using System.Text.Json;
using ServiceDesk.TicketApi.Http;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>What a request must keep to; the database checks the same bounds again.</summary>
internal static class TicketRules
{
    public const int MinTitle = 3;
    public const int MaxTitle = 200;
    public const int MaxDescription = 5000;

    /// <param name="request">The body.</param>
    /// <param name="idempotencyKey">Empty when there is none.</param>
    public static Outcome<NewTicket> Parse(CreateTicketRequest request, string idempotencyKey)
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
            return Problems.Validation(
                "title", $"must have {MinTitle} to {MaxTitle} characters after trimming, not {length}");
        }

        if (Length(description) is var size and > MaxDescription)
        {
            return Problems.Validation("description", $"must have at most {MaxDescription} characters, not {size}");
        }

        return idempotencyKey.Length == 0
            ? new NewTicket(title, description, IdempotencyKey: null, RequestHash: null)
            : new NewTicket(
                title, description, idempotencyKey,
                RequestHash.Compute(request with { Title = title, Description = description }));
    }

    public static Outcome<string> Parse(ChangeStatusRequest request) =>
        RefuseUnknown(request.Unknown) is { } unknown ? unknown
        : request.Status is null ? Problems.Validation("status", "is required")
        : ParseStatus(request.Status);

    public static Outcome<string> ParseStatus(string status) => TicketStatus.All.Contains(status)
        ? status
        : Problems.Validation("status", $"must be one of {string.Join(", ", TicketStatus.All)}");

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
