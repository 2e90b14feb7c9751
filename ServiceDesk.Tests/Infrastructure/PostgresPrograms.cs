using LocalPostgres;
using Found = LocalPostgres.PostgresPrograms;
using Server = LocalPostgres.ServerUser;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>PostgreSQL's own programs, found and run as the AppHost does it: from npm where they are not installed.
/// PGBIN names the folder with those of another version.</summary>
internal static class PostgresPrograms
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Found> Installed = new(Find);

    /// <summary>The user the server runs as, or null when it is the user who runs the tests.</summary>
    public static string? ServerUser => Server.Current.Name;

    /// <summary>.local in the repository, as for the AppHost.</summary>
    private static string Home =>
        PostgresHome.Of(Path.GetFullPath(Path.Combine(Aspire.AppHostProgram.Folder, "..", ".local")));

    /// <summary>Runs one of the programs to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    /// <exception cref="PostgresException">There are none; the message says what to install.</exception>
    public static Task RunAsync(string program, params string[] arguments) =>
        RunAsServerAsync(PathOf(program), arguments);

    /// <inheritdoc cref="RunAsync"/>
    public static string PathOf(string program) => Installed.Value.PathOf(program);

    /// <summary>Runs any program as the server's user, to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    public static async Task RunAsServerAsync(string program, params string[] arguments)
    {
        var command = AsServer([program, .. arguments]);
        await using var process = ChildProcess.Start(
            command[0], command[1..], new Dictionary<string, string> { ["LC_ALL"] = "C" });
        if (await process.ExitCodeAsync(Limit) is var exit and not 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {exit}: {process.Output}");
        }
    }

    /// <summary>The command that runs another one as the server's user.</summary>
    public static string[] AsServer(params string[] command) => Server.Current.Command(command[0], command[1..]);

    /// <summary>Makes the server's user the owner of a folder.</summary>
    public static Task HandOverAsync(string folder)
    {
        Server.Current.Give(folder);
        return Task.CompletedTask;
    }

    private static Found Find() => Environment.GetEnvironmentVariable("PGBIN") is { Length: > 0 } named
        ? new(named)
        : Found.FindOrDownload(Home, Console.Out.WriteLine);
}
