namespace ServiceDesk.TicketApi.Http;

/// <summary>Every problem the API can report.</summary>
internal static class Problems
{
    public static readonly Problem KeyReused = new(
        StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "Idempotency key reused",
        "This Idempotency-Key belongs to another request; use a new key for each.",
        "Idempotency-Key");

    public static readonly Problem PreconditionRequired = new(
        StatusCodes.Status428PreconditionRequired, "precondition_required", "Precondition required",
        "Say which version this changes: send If-Match with the ETag of the ticket that you saw.", "If-Match");

    public static readonly Problem TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "body_too_large", "Body too large",
        "The body must not be larger than 1 MiB.");

    public static readonly Problem MediaType = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body as application/json in UTF-8.", "Content-Type");

    public static readonly Problem TooSlow = new(
        StatusCodes.Status408RequestTimeout, "request_timeout", "Request timeout",
        "The request did not arrive in time.");

    public static readonly Problem DatabaseUnavailable = new(
        StatusCodes.Status503ServiceUnavailable, "database_unavailable", "Database unavailable",
        "The database does not answer; nothing is known to be saved. Repeat the request with the same Idempotency-Key.",
        RetryAfter: TimeSpan.FromSeconds(2));

    public static readonly Problem AuthorityUnavailable = new(
        StatusCodes.Status503ServiceUnavailable, "authority_unavailable", "Token authority unavailable",
        "The token cannot be checked because the authority's keys cannot be read; nothing was done. "
        + "Repeat the request.",
        RetryAfter: TimeSpan.FromSeconds(5));

    public static readonly Problem Overloaded = new(
        StatusCodes.Status503ServiceUnavailable, "overloaded", "Overloaded",
        "Too many requests are under way; nothing was done. Repeat the request.",
        RetryAfter: TimeSpan.FromSeconds(1));

    public static readonly Problem Unexpected = new(
        StatusCodes.Status500InternalServerError, "internal_error", "Internal error",
        "The request failed for a reason of ours; the request id finds it in the logs.");

    public static Problem Validation(string field, string rule) => new(
        StatusCodes.Status400BadRequest, "validation_error", "Validation error", $"{field} {rule}.", field);

    public static Problem InvalidJson(string detail) => new(
        StatusCodes.Status400BadRequest, "invalid_json", "Invalid JSON", detail);

    public static Problem NoTicket(string id) => new(
        StatusCodes.Status404NotFound, "not_found", "Not found",
        $"There is no ticket {(id.Length > 64 ? id[..64] + "…" : id)}.");

    public static Problem InvalidTransition(string from, string to) => new(
        StatusCodes.Status409Conflict, "invalid_transition", "Transition not allowed",
        from == to ? $"The ticket is {from} already." : $"A ticket that is {from} cannot become {to}.", "status");

    public static Problem Stale(int version) => new(
        StatusCodes.Status412PreconditionFailed, "precondition_failed", "Precondition failed",
        $"The ticket has changed meanwhile: it is at version {version}. Read it again, and decide anew.", "If-Match");

    /// <param name="wait">Until the caller may send another one, in whole seconds.</param>
    public static Problem TooManyRequests(TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests",
        "You have used up your requests for now; nothing was done. Repeat the request after Retry-After.",
        RetryAfter: wait);

    /// <summary>For answers the framework gives on its own, which carry a status only.</summary>
    public static Problem ForStatus(int status) => status switch
    {
        404 => new(status, "not_found", "Not found", "There is nothing at this address."),
        405 => new(
            status, "method_not_allowed", "Method not allowed", "This address does not take that method; see Allow."),
        408 => TooSlow,
        413 => TooLarge,
        415 => MediaType,
        401 => new(status, "unauthorized", "Unauthorized", "A valid bearer token is required."),
        403 => new(status, "forbidden", "Forbidden", "The token does not allow this."),
        505 => new(status, "http_version_not_supported", "HTTP version not supported", "Speak HTTP/1.1 or HTTP/2."),
        >= 500 => Unexpected,
        _ => new(status, "bad_request", "Bad request", "The request cannot be understood."),
    };
}
