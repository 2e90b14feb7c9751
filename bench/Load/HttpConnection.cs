using System.Buffers.Text;
using System.Net.Sockets;

namespace ServiceDesk.Bench.Load;

/// <summary>One keep-alive connection, as cheap as possible: the generator shares the measured machine.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LargestAnswer = 256 * 1024;

    private readonly byte[] _buffer = new byte[LargestAnswer];
    private int _received;

    private HttpConnection()
    {
    }

    public Socket Socket { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<HttpConnection> OpenAsync(Uri service, CancellationToken cancellation)
    {
        var connection = new HttpConnection();
        await connection.Socket.ConnectAsync(service.Host, service.Port, cancellation);
        return connection;
    }

    /// <summary>Sends one request and reads its answer to the end.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await Socket.SendAsync(request, cancellation);
        while (true)
        {
            if (Received(await Socket.ReceiveAsync(_buffer.AsMemory(_received), cancellation)) is { } status)
            {
                return status;
            }
        }
    }

    /// <summary>Sends one request, whose answer is <see cref="TryReceive"/>d.</summary>
    public void Send(ReadOnlySpan<byte> request) => Socket.Send(request);

    /// <summary>Reads what has come.</summary>
    /// <returns>The status when the answer is complete.</returns>
    public int? TryReceive() => Received(Socket.Receive(_buffer.AsSpan(_received)));

    public void Dispose() => Socket.Dispose();

    private int? Received(int bytes)
    {
        if (bytes == 0)
        {
            throw new BenchException(_received < LargestAnswer
                ? "the service closed a connection in the middle of an answer"
                : $"an answer of more than {LargestAnswer} bytes");
        }

        _received += bytes;
        if (!IsComplete(_buffer.AsSpan(0, _received)))
        {
            return null;
        }

        _received = 0;
        return (_buffer[9] - '0') * 100 + (_buffer[10] - '0') * 10 + (_buffer[11] - '0');
    }

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
