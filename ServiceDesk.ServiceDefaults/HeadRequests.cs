using Microsoft.AspNetCore.Http;

namespace ServiceDesk.ServiceDefaults;

/// <summary>Answers HEAD wherever GET is answered (RFC 9110): the request is routed as a GET, and the server, which
/// read the method itself, sends no body.</summary>
internal sealed class HeadRequestMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }
}
