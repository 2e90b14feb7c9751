using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace LocalKafka.Forwarding;

/// <summary>One client's connection and its twin to the broker.</summary>
internal sealed class ForwardedConnection : IDisposable
{
    // Longer than the longest header of a request, 32 KiB, so that it always makes progress.
    private const int BufferSize = 128 * 1024;
    private const int MaxFetchWaitMilliseconds = 10;

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
            await Task.WhenAny(
                CopyAsync(_client, _broker, new FetchWaitCap(MaxFetchWaitMilliseconds)), CopyAsync(_broker, _client));
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

    private static async Task CopyAsync(Socket from, Socket to, FetchWaitCap? requests = null)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var held = 0;
            while (await from.ReceiveAsync(buffer.AsMemory(held)) is var received and > 0)
            {
                var filled = held + received;
                var ready = requests?.Apply(buffer.AsSpan(0, filled)) ?? filled;
                var rest = buffer.AsMemory(0, ready);
                while (rest.Length > 0)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }

                held = filled - ready;
                buffer.AsSpan(ready, held).CopyTo(buffer);
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
