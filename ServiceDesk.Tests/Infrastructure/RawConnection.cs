using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A socket, for requests that no HTTP client would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly NetworkStream _stream;

    private RawConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server.Host, server.Port);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <returns>Whether the peer still took it.</returns>
    public async Task<bool> SendAsync(string text)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The status of the answer, or null when the connection was closed without one.</summary>
    /// <exception cref="TimeoutException">Neither happened in time.</exception>
    public async Task<int?> StatusAsync(TimeSpan limit)
    {
        var answer = await ReadAsync(until: "\r\n", limit);
        return answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            ? int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>Everything up to the end, or to <paramref name="until"/> if that comes first.</summary>
    public async Task<string> ReadAsync(string? until, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        var received = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (until is null || !received.ToString().Contains(until, StringComparison.Ordinal))
            {
                var count = await _stream.ReadAsync(buffer, deadline.Token);
                if (count == 0)
                {
                    break;
                }

                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Reset by the peer: what came before it is the answer.
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"neither an answer nor a closed connection within {limit}; received: {received}");
        }

        return received.ToString();
    }

    public void Dispose() => _stream.Dispose();
}
