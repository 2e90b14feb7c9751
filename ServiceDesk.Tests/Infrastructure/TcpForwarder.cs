using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>An address that leads to one server now and to another one later, as the name of a database does in a
/// failover.</summary>
internal sealed class TcpForwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly Task _accepting;
    private int _target;
    private int _roundTrips;

    private TcpForwarder(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often a client said something after it had heard from the server, or at the beginning.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <param name="target">The port that it leads to.</param>
    public static TcpForwarder Start(int target) => new(target);

    /// <summary>From now on it leads to another port, and every connection to the one before is reset.</summary>
    public void LeadTo(int target)
    {
        Volatile.Write(ref _target, target);
        CutAll();
    }

    /// <summary>Resets every connection.</summary>
    public void CutAll()
    {
        foreach (var (socket, _) in _open)
        {
            try
            {
                // No lingering: the peer gets a reset, as from a router that has forgotten the connection.
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Close();
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                // It ended by itself at this moment.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ForwardAsync(client, Volatile.Read(ref _target));
            }
            catch (Exception ended) when (
                ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Action seen)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var length)
        {
            seen();
            await to.WriteAsync(buffer.AsMemory(0, length));
        }
    }

    private void Count(StrongBox<bool> isAnswered)
    {
        if (Interlocked.Exchange(ref isAnswered.Value, false))
        {
            Interlocked.Increment(ref _roundTrips);
        }
    }

    private async Task ForwardAsync(Socket client, int target)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.NoDelay = server.NoDelay = true;
        _open[client] = _open[server] = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target);
            await using var there = new NetworkStream(client);
            await using var back = new NetworkStream(server);
            var isAnswered = new StrongBox<bool>(true);
            await Task.WhenAny(
                PumpAsync(there, back, () => Count(isAnswered)),
                PumpAsync(back, there, () => Volatile.Write(ref isAnswered.Value, true)));
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException)
        {
            // Both ends are closed below.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Dispose();
            server.Dispose();
        }
    }
}
