using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Turns every failure of a request into a problem document, and logs the ones that are ours.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await ProblemWriter.WriteAsync(context, Problems.OfStatus(context.Response.StatusCode));
            }
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            if (Classify(context, failure) is { } problem)
            {
                await ProblemWriter.WriteAsync(context, problem);
            }
        }
    }

    private ProblemKind? Classify(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case ApiException refused:
                return refused.Problem;
            case BadHttpRequestException bad:
                return Problems.OfStatus(bad.StatusCode);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                // Either the client has gone, and nobody reads this, or the request took longer than its limit.
                return Problems.TooSlow;
            case var away when DatabaseFailure.IsOutage(away):
                LogDatabaseAway(away.Message);
                return Problems.DatabaseAway;
            default:
                LogUnexpected(failure, context.Request.Method, context.Request.Path);
                return Problems.Unexpected;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Answered 503, the database does not serve: {Reason}")]
    private partial void LogDatabaseAway(string reason);

    [LoggerMessage(LogLevel.Error, "Answered 500 to {Method} {Path}")]
    private partial void LogUnexpected(Exception failure, string method, string path);
}
