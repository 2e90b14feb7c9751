using System.Globalization;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>PostgreSQL's own programs, run as a user it accepts: the server refuses to be root. PGBIN names the folder with
/// those of another version.</summary>
internal static class PostgresPrograms
{
    private static readonly Lazy<string?> Found = new(Find);

    public static bool AreInstalled => Found.Value is not null;

    /// <summary>The user the server runs as, or null when it is the user who runs the tests.</summary>
    public static string? ServerUser { get; } = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? "postgres" : null;

    /// <summary>Runs one of the programs to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    public static Task RunAsync(string program, params string[] arguments) => RunAsServerAsync(PathOf(program), arguments);

    /// <exception cref="InvalidOperationException">The programs are not installed.</exception>
    public static string PathOf(string program) => Path.Combine(
        Found.Value ?? throw new InvalidOperationException(
            "These tests start a PostgreSQL server, and its programs (initdb, pg_ctl) are neither in the folder that PGBIN names, " +
            "nor on the PATH, nor in /usr/lib/postgresql/*/bin."),
        program);

    /// <summary>Runs any program as the server's user, to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    public static Task RunAsServerAsync(string program, params string[] arguments) => RunCommandAsync(AsServer([program, .. arguments]));

    /// <summary>The command that runs another one as the server's user.</summary>
    public static string[] AsServer(params string[] command) =>
        ServerUser is null ? command : ["runuser", "-u", ServerUser, "--", .. command];

    /// <summary>Makes the server's user the owner of a folder.</summary>
    public static Task HandOverAsync(string folder) =>
        ServerUser is null ? Task.CompletedTask : RunCommandAsync("chown", ServerUser, folder);

    private static async Task RunCommandAsync(params string[] command)
    {
        await using var process = ChildProcess.Start(command[0], command[1..], new Dictionary<string, string> { ["LC_ALL"] = "C" });
        if (await process.ExitCodeAsync(TimeSpan.FromMinutes(2)) is var exit and not 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {exit}: {process.Output}");
        }
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PGBIN") is { Length: > 0 } named)
        {
            return named;
        }

        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] installed = Directory.Exists("/usr/lib/postgresql")
            ? [.. Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(Version).Select(d => Path.Combine(d, "bin"))]
            : [];
        return onPath.Concat(installed).FirstOrDefault(folder =>
            File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    private static double Version(string folder) =>
        double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;
}
