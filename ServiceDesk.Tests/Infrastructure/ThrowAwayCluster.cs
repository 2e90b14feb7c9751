using System.Net;
using System.Net.Sockets;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A PostgreSQL server of our own in a temporary folder, on a free port. It can be stopped and started again, and
/// is gone with its data when it is disposed.</summary>
internal sealed class ThrowAwayCluster : IStoppableDatabaseServer, IAsyncDisposable
{
    private const string Prefix = "servicedesk-pg-";

    private readonly string _folder;
    private readonly int _port;

    private ThrowAwayCluster(string folder, int port)
    {
        (_folder, _port) = (folder, port);
        Url = new Uri($"postgres://servicedesk@127.0.0.1:{port}/postgres");
    }

    public Uri Url { get; }

    private string Data => Path.Combine(_folder, "data");

    public static async Task<ThrowAwayCluster> StartNewAsync()
    {
        await RemoveLeftOversAsync();
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        await PostgresPrograms.HandOverAsync(folder);
        var cluster = new ThrowAwayCluster(folder, FreePort());
        try
        {
            await PostgresPrograms.RunAsync("initdb", "-D", cluster.Data, "-U", "servicedesk", "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync", "--no-instructions");
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Durability is switched off: no test here pulls the plug of the machine.</summary>
    public Task StartAsync() => PostgresPrograms.RunAsync("pg_ctl", "start", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-t", "60", "-s",
        "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 " +
              "-c fsync=off -c full_page_writes=off -c timezone=UTC");

    /// <summary>As an administrator stops it: connections are told, then closed.</summary>
    public Task StopAsync() => StopAsync("fast");

    public Task CrashAsync() => StopAsync("immediate");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await StopAsync("immediate");
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task StopAsync(string mode) => StopAsync(Data, mode);

    private static Task StopAsync(string data, string mode) =>
        PostgresPrograms.RunAsync("pg_ctl", "stop", "-D", data, "-m", mode, "-w", "-t", "30", "-s");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>A test run that was killed could not clean up; the next one does. Its folder carries its process id.</summary>
    private static async Task RemoveLeftOversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var id) || IsRunning(id))
            {
                continue;
            }

            var data = Path.Combine(folder, "data");
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
            {
                await StopAsync(data, "immediate");
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
