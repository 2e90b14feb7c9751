using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using ServiceDesk.TicketApi.Tickets;

namespace ServiceDesk.TicketApi.Http;

/// <summary>Answers requests that the server cannot read, such as <c>%00</c> in a path, which reach no middleware and
/// would get an empty body. The server announces each as a diagnostic event before it answers.</summary>
internal sealed class MalformedRequests(DiagnosticListener diagnostics, ApiSettings settings)
    : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = diagnostics.Subscribe(this, name => name == BadRequest);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: BadRequest, Value: IFeatureCollection features }
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
            && features.Get<IHttpResponseBodyFeature>() is { } body
            && features.Get<IConnectionTransportFeature>() is { } connection)
        {
            Answer(response, body, connection.Transport.Output);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    /// <summary>The body goes to the connection: the response has no body writer before a request is read.</summary>
    private void Answer(IHttpResponseFeature response, IHttpResponseBodyFeature body, IBufferWriter<byte> output)
    {
        var requestId = Guid.CreateVersion7().ToString();
        var document = JsonSerializer.SerializeToUtf8Bytes(
            Problems.ForStatus(response.StatusCode).Describe(requestId, settings.ProblemTypes),
            TicketJson.Default.ProblemDocument);
        response.Headers["X-Request-Id"] = requestId;
        // The server closes the connection after this; a client that is not told sends its next request into the void.
        response.Headers.Connection = "close";
        response.Headers.ContentType = ProblemDocument.ContentType;
        response.Headers.ContentLength = document.Length;
        var started = body.StartAsync();
        Debug.Assert(started.IsCompleted, "Starting a response without callbacks only writes to memory.");
        output.Write(document);
    }
}
