using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A port for a server that cannot choose one itself.</summary>
internal static class FreePort
{
    private const int Attempts = 100;

    private static readonly ConcurrentDictionary<int, bool> Found = [];

    /// <summary>Below the ports of outgoing connections, one of which could take it before the server does; each port
    /// once, as servers start later than they are planned.</summary>
    public static int Find()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                if (Found.TryAdd(port, true))
                {
                    return port;
                }
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // Somebody has it.
            }
        }
    }
}
