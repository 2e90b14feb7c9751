using System.Globalization;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.TicketApi.Http;

internal static class ProblemWriter
{
    /// <summary>Writes the one shape every error has.</summary>
    public static Task WriteAsync(HttpContext context, ProblemKind kind)
    {
        context.Response.StatusCode = kind.Status;
        if (kind.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var problem = new Problem("about:blank", kind.Title, kind.Status, kind.Detail, kind.Code, context.TraceIdentifier, kind.Field);
        return context.Response.WriteAsJsonAsync(problem, TicketJson.Default.Problem, Problem.ContentType);
    }
}
