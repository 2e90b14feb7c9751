using System.Globalization;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A PostgreSQL server of our own in a temporary folder, on a free port. It can be stopped and started again,
/// and is gone with its data when it is disposed.</summary>
internal sealed class ThrowAwayCluster : IStoppableDatabaseServer, IAsyncDisposable
{
    private const string Prefix = "servicedesk-pg-";

    private readonly string _folder;

    private ThrowAwayCluster(string folder, int port)
    {
        (_folder, Port) = (folder, port);
        Url = new Uri($"postgres://servicedesk@127.0.0.1:{port}/postgres");
    }

    public Uri Url { get; }

    public int Port { get; }

    /// <summary>What the server prints.</summary>
    public string Log => Path.Combine(_folder, "log");

    private string Data => Path.Combine(_folder, "data");

    private string Clock => Path.Combine(_folder, "clock");

    private string[] StartArguments =>
    [
        "start", "-D", Data, "-l", Log, "-w", "-t", "60", "-s",
        "-o", $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c max_connections=400 " +
              "-c fsync=off -c full_page_writes=off -c timezone=UTC",
    ];

    /// <param name="encoding">Of the databases that it is made with, and so of further ones.</param>
    public static async Task<ThrowAwayCluster> StartNewAsync(string encoding = "UTF8")
    {
        var cluster = await PrepareAsync();
        try
        {
            await PostgresPrograms.RunAsync(
                "initdb", "-D", cluster.Data, "-U", "servicedesk", "-A", "trust", "-E", encoding, "--locale=C",
                "--no-sync", "--no-instructions");
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A hot standby of this server, which is stopped while it is copied: so not every version's programs need
    /// pg_basebackup.</summary>
    public async Task<ThrowAwayCluster> StartStandbyAsync()
    {
        var standby = await PrepareAsync();
        try
        {
            await StopAsync();
            await PostgresPrograms.RunAsServerAsync("cp", "-R", Data, standby.Data);
            await StartAsync();
            var settings = Path.Combine(standby.Data, "postgresql.auto.conf");
            await File.AppendAllTextAsync(
                settings, $"primary_conninfo = 'host=127.0.0.1 port={Port} user=servicedesk'\n");
            await PostgresPrograms.RunAsServerAsync("touch", Path.Combine(standby.Data, "standby.signal"));
            await standby.StartAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby the primary.</summary>
    public Task PromoteAsync() => PostgresPrograms.RunAsync("pg_ctl", "promote", "-D", Data, "-w", "-t", "60", "-s");

    /// <summary>Durability is switched off: no test here pulls the plug of the machine.</summary>
    public Task StartAsync() => PostgresPrograms.RunAsync("pg_ctl", StartArguments);

    /// <summary>Starts it with a clock that <see cref="SetClockAsync"/> changes; see <see cref="FakeClock"/>.</summary>
    public async Task StartOnFakeClockAsync()
    {
        await SetClockAsync(TimeSpan.Zero);
        await PostgresPrograms.RunAsServerAsync(
            "env", [.. FakeClock.Environment(Clock), PostgresPrograms.PathOf("pg_ctl"), .. StartArguments]);
    }

    /// <param name="offset">From the machine's clock.</param>
    public Task SetClockAsync(TimeSpan offset) =>
        File.WriteAllTextAsync(Clock, $"{offset.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture)}\n");

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

    private static async Task<ThrowAwayCluster> PrepareAsync()
    {
        await RemoveLeftOversAsync();
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        await PostgresPrograms.HandOverAsync(folder);
        return new ThrowAwayCluster(folder, FreePort.Find());
    }

    private Task StopAsync(string mode) => StopAsync(Data, mode);

    private static Task StopAsync(string data, string mode) =>
        PostgresPrograms.RunAsync("pg_ctl", "stop", "-D", data, "-m", mode, "-w", "-t", "30", "-s");

    /// <summary>A test run that was killed could not clean up; the next one does. Its folder carries its process
    /// id.</summary>
    private static async Task RemoveLeftOversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var id) || IsRunning(id))
            {
                continue;
            }

            // Whoever renames it first cleans it up: other clusters, of this run and of others, start at the same time.
            var mine = Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
            try
            {
                Directory.Move(folder, mine);
            }
            catch (IOException)
            {
                continue;
            }

            var data = Path.Combine(mine, "data");
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
            {
                await StopAsync(data, "immediate");
            }

            Directory.Delete(mine, recursive: true);
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
