using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServiceDesk.Tests.Aspire;

/// <summary>Stands where the dashboard takes traces (OTLP over HTTP), and knows which services reported spans of a trace. The
/// messages are not decoded: ids are in them as their 16 bytes, names as their UTF-8 text.</summary>
internal sealed class TraceCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentBag<byte[]> _exports = [];

    public TraceCollector()
    {
        Address = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    public bool Has(string traceId, string service) => _exports.Any(export =>
        Contains(export, Convert.FromHexString(traceId)) && Contains(export, Encoding.UTF8.GetBytes(service)));

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static bool Contains(byte[] export, byte[] part) => export.AsSpan().IndexOf(part) >= 0;

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
                    _exports.Add(body.ToArray());
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
