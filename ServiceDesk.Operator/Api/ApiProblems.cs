using System.Text.RegularExpressions;
using Confluent.Kafka;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.Operator.Api;

/// <summary>Every failure of a request to the API is a problem document (RFC 9457), and every other one a page
/// (P7).</summary>
internal static partial class ApiProblems
{
    public static void AddApiProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(o => o.CustomizeProblemDetails = context =>
        {
            var (problem, http) = (context.ProblemDetails, context.HttpContext);
            problem.Type = "about:blank";
            problem.Detail ??= http.GetEndpoint() is null ? "There is nothing at this address." : null;
            problem.Extensions.Remove("trace_id");
            problem.Extensions.TryAdd("code", CodeOf(problem.Status ?? http.Response.StatusCode));
            problem.Extensions["request_id"] = http.TraceIdentifier;
        });
        services.AddExceptionHandler<ApiFailures>();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    }

    public static void UseApiProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = _ => true,
            StatusCodeSelector = _ => StatusCodes.Status500InternalServerError,
            ExceptionHandlingPath = "/error",
        });
        app.UseWhen(context => IsApi(context.Request.Path), api => api.UseStatusCodePages());
        app.UseWhen(
            context => !IsApi(context.Request.Path), pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
    }

    public static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/openapi");

    /// <summary>What to tell somebody who asked for it, or null when it is a fault of ours.</summary>
    public static ProblemDetails? Explain(Exception failure) => failure switch
    {
        ApiException known => Problem(known.Status, known.Code, known.Message, known.Field),
        BadHttpRequestException bad => BadRequest(bad),
        KafkaException kafka => Problem(
            503, "kafka_unavailable", $"Kafka does not serve now: {kafka.Error.Reason}. Nothing was done."),
        CommandLine.DiagException away => Problem(503, "kafka_unavailable", away.Message),
        _ when DatabaseFailure.IsOutage(failure) => Problem(
            503, "database_unavailable",
            $"Postgres does not serve now: {failure.InnerException?.Message ?? failure.Message}"),
        _ => null,
    };

    private static ProblemDetails BadRequest(BadHttpRequestException bad)
    {
        var parameter = Parameter().Match(bad.Message);
        return parameter.Success
            ? Problem(bad.StatusCode, "validation_error", bad.Message, parameter.Groups[1].Value)
            : Problem(bad.StatusCode, CodeOf(bad.StatusCode), bad.InnerException?.Message ?? bad.Message);
    }

    private static ProblemDetails Problem(int status, string code, string detail, string? field = null)
    {
        var problem = new ProblemDetails { Status = status, Detail = detail, Extensions = { ["code"] = code } };
        if (field is not null)
        {
            problem.Extensions["field"] = field;
        }

        return problem;
    }

    private static string CodeOf(int status) => status switch
    {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        413 => "body_too_large",
        415 => "unsupported_media_type",
        >= 500 => "internal_error",
        _ => "bad_request",
    };

    [GeneratedRegex("parameter \"\\S+ (\\w+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}

/// <summary>Answers for exceptions; a page that fails has words of its own.</summary>
internal sealed partial class ApiFailures(
    IProblemDetailsService problems, TimeProvider time, ILogger<ApiFailures> logger)
    : IExceptionHandler
{
    private readonly LogPace _pace = new(time);

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var known = ApiProblems.Explain(exception);
        if (known is null)
        {
            LogUnexpected(exception, httpContext.Request.Method, httpContext.Request.Path);
        }
        else if (known.Status >= 500 && _pace.Next(exception.Message) is { } reason)
        {
            LogUnavailable(reason);
        }

        // The handler has cleared the answer.
        httpContext.Response.Headers["X-Request-Id"] = httpContext.TraceIdentifier;
        var asked = httpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path;
        if (!ApiProblems.IsApi(asked ?? httpContext.Request.Path))
        {
            return false;
        }

        var problem = known ?? new ProblemDetails
        {
            Status = 500,
            Detail = "The request failed for a reason of ours; the request id finds it in the logs.",
        };
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 503)
        {
            httpContext.Response.Headers.RetryAfter = "2";
        }

        await problems.WriteAsync(new()
        {
            HttpContext = httpContext,
            ProblemDetails = problem,
            Exception = exception,
        });
        return true;
    }

    [LoggerMessage(LogLevel.Error, "Answered 500 to {Method} {Path}")]
    private partial void LogUnexpected(Exception failure, string method, string path);

    [LoggerMessage(LogLevel.Warning, "Answered 503: {Reason}")]
    private partial void LogUnavailable(string reason);
}
