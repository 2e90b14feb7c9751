using System.Buffers.Text;
using System.Net.Sockets;

namespace ServiceDesk.Bench.Load;

/// <summary>One keep-alive connection, as cheap as possible: the generator shares the measured machine.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LargestAnswer = 256 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[LargestAnswer];

    private HttpConnection()
    {
    }

    public static async Task<HttpConnection> OpenAsync(Uri service, CancellationToken cancellation)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(service.Host, service.Port, cancellation);
        return connection;
    }

    /// <summary>Sends one request and reads its answer to the end.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await _socket.SendAsync(request, cancellation);
        for (var length = 0; length < LargestAnswer;)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                throw new BenchException("the service closed a connection in the middle of an answer");
            }

            length += read;
            if (IsComplete(_buffer.AsSpan(0, length)))
            {
                return (_buffer[9] - '0') * 100 + (_buffer[10] - '0') * 10 + (_buffer[11] - '0');
            }
        }

        throw new BenchException($"an answer of more than {LargestAnswer} bytes");
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Nothing follows an answer before the next request, so its end is the end of what is there.</summary>
    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var field = answer[..head].IndexOf("\r\nContent-Length: "u8);
        return field < 0
            ? answer.EndsWith("\r\n0\r\n\r\n"u8)
            : Utf8Parser.TryParse(answer[(field + "\r\nContent-Length: ".Length)..], out int body, out _)
                && answer.Length >= head + 4 + body;
    }
}
