using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.TicketApi.Http;

/// <summary>What went wrong, as an endpoint's result: it answers with a problem document (RFC 9457).</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable name for programs.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="Detail">About this occurrence: what to change.</param>
/// <param name="Field">The field or header at fault.</param>
/// <param name="RetryAfter">When to try again, in whole seconds.</param>
internal sealed record Problem(
    int Status, string Code, string Title, string Detail, string? Field = null, TimeSpan? RetryAfter = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var settings = httpContext.RequestServices.GetRequiredService<ApiSettings>();
        httpContext.Response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return httpContext.Response.WriteAsJsonAsync(
            Describe(httpContext.TraceIdentifier, settings.ProblemTypes), TicketJson.Default.ProblemDocument,
            ProblemDocument.ContentType);
    }

    /// <param name="requestId">Finds the request in the logs.</param>
    /// <param name="types">What the types' addresses begin with.</param>
    public ProblemDocument Describe(string requestId, string types = ProblemPages.Address) =>
        new(types + Code, Title, Status, Detail, Code, requestId, Field);
}

/// <summary>The body: RFC 9457's members, and ours: <c>code</c> for programs, <c>request_id</c> for the logs, and
/// <c>field</c> where one is at fault.</summary>
internal sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field)
{
    public const string ContentType = "application/problem+json";
}

/// <summary>A value, or the problem to answer with instead.</summary>
internal readonly record struct Outcome<T>(T? Value, Problem? Problem) where T : class
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Problem problem) => new(null, problem);

    public bool IsProblem([NotNullWhen(true)] out Problem? problem, [NotNullWhen(false)] out T? value)
    {
        (problem, value) = (Problem, Value);
        return problem is not null;
    }
}
