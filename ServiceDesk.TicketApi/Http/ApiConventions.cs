using Microsoft.AspNetCore.Http.Timeouts;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.TicketApi.Http;

/// <summary>What holds for every route: snake_case JSON, one shape of errors, a limit on time.</summary>
internal static class ApiConventions
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    public static void AddApiConventions(this WebApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, TicketJson.Default);
            o.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = RequestLimit,
            TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
        });
        builder.Services.AddHostedService<MalformedRequests>();
    }

    public static void UseApiConventions(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<OverloadMiddleware>();
        app.UseRequestTimeouts();
    }
}
