namespace ServiceDesk.Tests.Infrastructure;

/// <summary>PgBouncer in transaction mode before a server, for any database and the users named.</summary>
internal sealed class PgBouncerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _folder;

    private PgBouncerProcess(ChildProcess process, string folder, int port) =>
        (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary>The program, or null where it is not installed. Debian puts it where only root looks.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, "pgbouncer"))
        .FirstOrDefault(File.Exists);

    public static async Task<PgBouncerProcess> StartAsync(int serverPort, params string[] users)
    {
        var folder = Directory.CreateTempSubdirectory("servicedesk-pgbouncer-").FullName;
        var port = FreePort.Find();
        await File.WriteAllLinesAsync(Path.Combine(folder, "users"), users.Select(user => $"\"{user}\" \"\""));
        await File.WriteAllTextAsync(Path.Combine(folder, "pgbouncer.ini"),
            $"""
            [databases]
            * = host=127.0.0.1 port={serverPort}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {folder}/users
            pool_mode = transaction
            default_pool_size = 4
            max_client_conn = 500
            """);
        await PostgresPrograms.HandOverAsync(folder);
        var command = PostgresPrograms.AsServer(Program!, Path.Combine(folder, "pgbouncer.ini"));
        var bouncer = new PgBouncerProcess(ChildProcess.Start(command[0], command[1..], []), folder, port);
        try
        {
            await bouncer._process.Output.LineAsync(
                "that it is up", line => line.Contains("process up", StringComparison.Ordinal));
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A test that is skipped, with a message, where PgBouncer is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PgBouncerFactAttribute : FactAttribute
{
    public PgBouncerFactAttribute() => Skip = PgBouncerProcess.Program is null
        ? "pgbouncer is neither on the PATH nor in /usr/sbin"
        : null;
}
