namespace ServiceDesk.TicketApi.Http;

/// <summary>Every problem the API can report.</summary>
internal static class Problems
{
    public static readonly ProblemKind KeyReused = new(
        StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "Idempotency key reused",
        "This Idempotency-Key belongs to a request with another body; use a new key for a new ticket.", "Idempotency-Key");

    public static readonly ProblemKind TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "body_too_large", "Body too large", "The body must not be larger than 1 MiB.");

    public static readonly ProblemKind MediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body as application/json in UTF-8.", "Content-Type");

    public static readonly ProblemKind TooSlow = new(
        StatusCodes.Status408RequestTimeout, "request_timeout", "Request timeout", "The request did not arrive in time.");

    public static readonly ProblemKind DatabaseAway = new(
        StatusCodes.Status503ServiceUnavailable, "database_unavailable", "Database unavailable",
        "The database does not answer; nothing is known to be saved. Repeat the request with the same Idempotency-Key.",
        RetryAfter: TimeSpan.FromSeconds(2));

    public static readonly ProblemKind Unexpected = new(
        StatusCodes.Status500InternalServerError, "internal_error", "Internal error",
        "The request failed for a reason of ours; the request id finds it in the logs.");

    public static ProblemKind Validation(string field, string rule) => new(
        StatusCodes.Status400BadRequest, "validation_error", "Validation error", $"{field} {rule}.", field);

    public static ProblemKind InvalidJson(string detail) => new(
        StatusCodes.Status400BadRequest, "invalid_json", "Invalid JSON", detail);

    public static ProblemKind NoTicket(string id) => new(
        StatusCodes.Status404NotFound, "not_found", "Not found", $"There is no ticket {(id.Length > 64 ? id[..64] + "…" : id)}.");

    public static ProblemKind InvalidTransition(string from, string to) => new(
        StatusCodes.Status409Conflict, "invalid_transition", "Transition not allowed",
        from == to ? $"The ticket is {from} already." : $"A ticket that is {from} cannot become {to}.", "status");

    /// <summary>For answers the framework gives on its own, which carry a status only.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        404 => new(status, "not_found", "Not found", "There is nothing at this address."),
        405 => new(status, "method_not_allowed", "Method not allowed", "This address does not take that method; see Allow."),
        408 => TooSlow,
        413 => TooLarge,
        415 => MediaType,
        401 => new(status, "unauthorized", "Unauthorized", "A valid bearer token is required."),
        403 => new(status, "forbidden", "Forbidden", "The token does not allow this."),
        >= 500 => Unexpected,
        _ => new(status, "bad_request", "Bad request", "The request cannot be understood."),
    };
}
