using System.Diagnostics;
using System.Text.Json;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.TicketApi.Outbox;

/// <summary>What travels with an event besides its payload: whose request caused it, and the trace it belongs to.</summary>
/// <param name="RequestId">The <c>X-Request-Id</c> of the request.</param>
/// <param name="Traceparent">W3C Trace Context of the request.</param>
/// <param name="Tracestate">W3C Trace Context of the request, vendor part; dropped when it is longer than the 512
/// characters that the specification asks to propagate.</param>
internal sealed record OutboxHeaders(string RequestId, string? Traceparent, string? Tracestate)
{
    private const int MaxTraceState = 512;

    public static byte[] Current(string requestId)
    {
        var activity = Activity.Current;
        var state = activity?.TraceStateString is { Length: > 0 and <= MaxTraceState } usable ? usable : null;
        return JsonSerializer.SerializeToUtf8Bytes(
            new OutboxHeaders(requestId, activity?.Id, state), TicketJson.Default.OutboxHeaders);
    }
}
