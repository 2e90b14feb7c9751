using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace LocalKafka.Forwarding;

/// <summary>One client's connection and its twin to the broker.</summary>
internal sealed class ForwardedConnection : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly Socket _client;
    private readonly Socket _broker;

    public ForwardedConnection(Socket client)
    {
        _client = client;
        _broker = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _client.NoDelay = true;
        _broker.NoDelay = true;
    }

    /// <summary>Copies both ways until one side closes, which closes the other.</summary>
    public async Task RunAsync(IPEndPoint target)
    {
        try
        {
            await _broker.ConnectAsync(target);
            await Task.WhenAny(CopyAsync(_client, _broker), CopyAsync(_broker, _client));
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    /// <summary>Ends it the hard way: the client sees a reset, as from a broker that died.</summary>
    public void Reset()
    {
        foreach (var socket in (Socket[])[_client, _broker])
        {
            try
            {
                socket.LingerState = new(enable: true, seconds: 0);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // Closed by the other side in the meantime, which is as good.
            }

            socket.Dispose();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _broker.Dispose();
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer) is var received and > 0)
            {
                var rest = buffer.AsMemory(0, received);
                while (rest.Length > 0)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Either side may go away at any time; the other direction ends with it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
