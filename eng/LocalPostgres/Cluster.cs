using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LocalPostgres;

/// <summary>A database cluster in a folder, and its server in the foreground.</summary>
public sealed partial class Cluster(PostgresPrograms programs, string data)
{
    private const int Interrupt = 2;
    private static readonly TimeSpan CreationLimit = TimeSpan.FromMinutes(2);

    /// <exception cref="PostgresException">It could not be made, or another version made it.</exception>
    public void CreateIfMissing(string passwordFile)
    {
        var versionFile = Path.Combine(data, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            Console.Out.WriteLine($"creating a database cluster in {data}");
            Create(passwordFile);
        }
        else if (File.ReadAllText(versionFile).Trim() is var major
            && !programs.Version.StartsWith($"{major}.", StringComparison.Ordinal))
        {
            throw new PostgresException(
                $"{data} was made by PostgreSQL {major}, and {programs.Folder} is {programs.Version}: "
                + "delete the data with scripts/infra.sh down --data, or put the other version first on the PATH");
        }
    }

    /// <summary>Runs the server until it ends. Each stop signal becomes its fast shutdown; on SIGTERM it would wait for
    /// its clients without limit.</summary>
    /// <returns>The exit code: 0 after a stop that was asked for.</returns>
    public async Task<int> ServeAsync(string port)
    {
        // No Unix socket: its path would be limited to about 100 characters, and nothing here needs one.
        var command = ServerUser.Current.Command(programs.PathOf("postgres"), "-D", data, "-p", port,
            "-c", "listen_addresses=localhost", "-c", "unix_socket_directories=", "-c", "max_connections=300");
        using var server =
            Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = data })!;
        var stopping = false;
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping = true;
            _ = Kill(server.Id, Interrupt);
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        await server.WaitForExitAsync();
        return stopping ? 0 : server.ExitCode;
    }

    private void Create(string passwordFile)
    {
        Directory.CreateDirectory(data);
        ServerUser.Current.Give(data);
        // The server's user reads the password from a copy that only it can read.
        var password = Path.GetTempFileName();
        try
        {
            File.Copy(passwordFile, password, overwrite: true);
            ServerUser.Current.Give(password);
            var initdb = ServerUser.Current.Command(
                programs.PathOf("initdb"), "-D", data, "-U", "servicedesk", "-A", "scram-sha-256",
                $"--pwfile={password}", "-E", "UTF8", "--locale=C", "--no-instructions");
            if (CommandRun.Of(initdb, CreationLimit, data) is { Succeeded: false } failed)
            {
                throw new PostgresException($"initdb failed: {failed.Output.ReplaceLineEndings(" ")}");
            }
        }
        finally
        {
            File.Delete(password);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
