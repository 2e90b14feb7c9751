namespace ServiceDesk.TicketApi.Http;

/// <summary>What went wrong, before it is tied to a request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable name for programs.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="Detail">About this occurrence: what to change.</param>
/// <param name="Field">The field or header at fault, where there is one.</param>
/// <param name="RetryAfter">When to try again, where that helps.</param>
internal sealed record ProblemKind(
    int Status, string Code, string Title, string Detail, string? Field = null, TimeSpan? RetryAfter = null);
