using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDesk.Events;

/// <summary>The column <c>outbox.headers</c>: whose request caused an event, the trace it belongs to, and its
/// baggage.</summary>
/// <param name="RequestId">The <c>X-Request-Id</c> of the request.</param>
/// <param name="Traceparent">W3C Trace Context of the request.</param>
/// <param name="Tracestate">Its vendor part; dropped when longer than the specification's 512 characters.</param>
/// <param name="Baggage">W3C Baggage of the request, as much of it as <see cref="EventBaggage"/> takes.</param>
public sealed record OutboxHeaders(
    string? RequestId, string? Traceparent, string? Tracestate, string? Baggage = null)
{
    private const int MaxTraceState = 512;

    private static readonly OutboxHeaders None = new(null, null, null, null);

    /// <summary>The headers of an event that the current request causes.</summary>
    public static OutboxHeaders Capture(string requestId)
    {
        var activity = Activity.Current;
        var state = activity?.TraceStateString is { Length: > 0 and <= MaxTraceState } usable ? usable : null;
        return new OutboxHeaders(requestId, activity?.Id, state, EventBaggage.Write(activity));
    }

    /// <summary>Never throws: headers that somebody else wrote must not hold up an event.</summary>
    public static OutboxHeaders Read(ReadOnlySpan<byte> column)
    {
        try
        {
            return JsonSerializer.Deserialize(column, OutboxHeadersJson.Default.OutboxHeaders) ?? None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, OutboxHeadersJson.Default.OutboxHeaders);

    /// <summary>The trace to continue; default when there is none.</summary>
    public ActivityContext Trace() =>
        ActivityContext.TryParse(Traceparent, Tracestate, isRemote: true, out var context) ? context : default;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxHeaders))]
internal sealed partial class OutboxHeadersJson : JsonSerializerContext;
