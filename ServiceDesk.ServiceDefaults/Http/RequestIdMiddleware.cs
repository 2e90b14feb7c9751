using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.ServiceDefaults.Http;

/// <summary>Takes the caller's <c>X-Request-Id</c>, or makes one, and puts it on the answer and into every log line.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, ILogger<RequestIdMiddleware> logger)
{
    public const string Header = "X-Request-Id";
    private const int MaxLength = 128;

    public async Task InvokeAsync(HttpContext context)
    {
        string? given = context.Request.Headers[Header];
        var id = IsUsable(given) ? given! : Guid.CreateVersion7().ToString();
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        using (logger.BeginScope(new RequestScope(id)))
        {
            await next(context);
        }
    }

    /// <summary>It goes into logs, a header and an event: visible ASCII only, and not longer than an id needs.</summary>
    private static bool IsUsable(string? id) =>
        id is { Length: > 0 and <= MaxLength } && id.All(c => c is > ' ' and < '\x7f');
}
