namespace ServiceDesk.TicketApi.Http;

/// <summary>Bounds the requests that wait for the database: one too many is told so at once, while those under way are
/// served in time. Health and metrics are answered all the same.</summary>
internal sealed class OverloadMiddleware(RequestDelegate next, ApiSettings settings)
{
    private int _underWay;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!TicketPaths.Has(context.Request.Path))
        {
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _underWay) <= settings.MaxRequests)
            {
                await next(context);
            }
            else
            {
                await Problems.Overloaded.ExecuteAsync(context);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}

/// <summary>The addresses that do the API's work, and are limited.</summary>
internal static class TicketPaths
{
    public const string Root = "/tickets";

    public static bool Has(PathString path) => path.StartsWithSegments(Root, StringComparison.Ordinal);
}
