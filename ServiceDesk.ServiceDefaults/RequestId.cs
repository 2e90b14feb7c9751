using System.Collections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Puts the caller's <c>X-Request-Id</c>, or a new one, on the answer and into every log line.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, ILogger<RequestIdMiddleware> logger)
{
    private const string Header = "X-Request-Id";
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

    /// <summary>It goes into logs, a header and an event: visible ASCII only, no longer than an id.</summary>
    private static bool IsUsable(string? id) =>
        id is { Length: > 0 and <= MaxLength } && id.All(c => c is > ' ' and < '\x7f');
}

/// <summary>Puts the middleware before everything that a service adds.</summary>
internal sealed class RequestIdFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<HeadRequestMiddleware>();
        next(app);
    };
}

internal static class RequestIdExtensions
{
    public static void AddRequestId(this IServiceCollection services) =>
        services.AddSingleton<IStartupFilter, RequestIdFilter>();
}

/// <summary>The request id as a log scope, without an array of pairs for every request.</summary>
internal sealed class RequestScope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => new("request_id", requestId);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    public override string ToString() => $"request_id:{requestId}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
