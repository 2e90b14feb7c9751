using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.TicketApi.Security;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Turns every failure of a request into a problem document, and logs the ones that are ours (P7).</summary>
internal sealed partial class ProblemMiddleware(
    RequestDelegate next, TimeProvider time, ILogger<ProblemMiddleware> logger)
{
    private readonly LogPace _pace = new(time);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (HttpMethods.IsOptions(context.Request.Method)
                && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
            {
                // The router knows what there is; asking for it is no mistake.
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                context.Response.Headers.Allow = $"{context.Response.Headers.Allow}, HEAD, OPTIONS";
                return;
            }

            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await Problems.ForStatus(context.Response.StatusCode).ExecuteAsync(context);
            }
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await Classify(context, failure).ExecuteAsync(context);
        }
    }

    private Problem Classify(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case BadHttpRequestException bad:
                return Problems.ForStatus(bad.StatusCode);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                // Either the client has gone, and nobody reads this, or the request took longer than its limit.
                return Problems.TooSlow;
            case AuthorityUnavailableException:
                return Problems.AuthorityUnavailable;
            case var outage when DatabaseFailure.IsOutage(outage):
                if (_pace.Next(outage.Message) is { } reason)
                {
                    LogDatabaseUnavailable(reason);
                }

                return Problems.DatabaseUnavailable;
            default:
                LogUnexpected(failure, context.Request.Method, context.Request.Path);
                return Problems.Unexpected;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Answered 503, the database is unavailable: {Reason}")]
    private partial void LogDatabaseUnavailable(string reason);

    [LoggerMessage(LogLevel.Error, "Answered 500 to {Method} {Path}")]
    private partial void LogUnexpected(Exception failure, string method, string path);
}
