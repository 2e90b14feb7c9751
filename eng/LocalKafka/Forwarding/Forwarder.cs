using System.Net;
using System.Net.Sockets;

namespace LocalKafka.Forwarding;

/// <summary>
/// Listens where clients expect the broker, and copies bytes to where it really is. While it is down it keeps the port
/// and resets every connection, old and new; the broker behind it lives on, so that its topics survive.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private const int Backlog = 512;
    private const int MaxConnections = 4096;

    private readonly Socket _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<ForwardedConnection> _connections = [];
    private Task _accepting = Task.CompletedTask;
    private bool _isDown;

    /// <exception cref="SocketException">The port is taken, or the address is not one of this machine.</exception>
    public Forwarder(IPEndPoint listen, IPEndPoint target)
    {
        _target = target;
        _listener = new(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(listen);
            _listener.Listen(Backlog);
            EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
    }

    public IPEndPoint EndPoint { get; }

    public bool IsDown
    {
        get
        {
            lock (_gate)
            {
                return _isDown;
            }
        }
    }

    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    public void Start() => _accepting = AcceptAsync(_stop.Token);

    public void Up()
    {
        lock (_gate)
        {
            _isDown = false;
        }
    }

    public void Down()
    {
        ForwardedConnection[] cut;
        lock (_gate)
        {
            _isDown = true;
            cut = [.. _connections];
        }

        foreach (var connection in cut)
        {
            connection.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Down();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(cancellationToken);
                _ = ForwardAsync(client);
            }
            catch (SocketException)
            {
                // This client is gone already; the next one is not its fault.
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var connection = new ForwardedConnection(client);
        if (!TryAdd(connection))
        {
            connection.Reset();
            return;
        }

        try
        {
            await connection.RunAsync(_target);
        }
        finally
        {
            lock (_gate)
            {
                _connections.Remove(connection);
            }
        }
    }

    private bool TryAdd(ForwardedConnection connection)
    {
        lock (_gate)
        {
            return !_isDown && _connections.Count < MaxConnections && _connections.Add(connection);
        }
    }
}
