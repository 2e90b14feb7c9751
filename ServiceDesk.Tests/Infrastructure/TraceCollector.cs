using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Stands where a collector takes traces (OTLP over HTTP), and keeps every span.</summary>
internal sealed class TraceCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ExportedSpan> _spans = [];

    public TraceCollector()
    {
        Address = $"http://127.0.0.1:{FreePort.Find()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    public IReadOnlyCollection<ExportedSpan> Spans => _spans;

    /// <summary>What makes a service report here, soon after each span.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", Address),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
    ];

    public bool Has(string traceId, string service) => _spans.Any(s => s.TraceId == traceId && s.Service == service);

    public void Clear() => _spans.Clear();

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        try
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url?.AbsolutePath == "/v1/traces")
                {
                    ExportedSpan.ReadAll(body.ToArray()).ForEach(_spans.Enqueue);
                }

                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
