using System.Text.RegularExpressions;

namespace LocalPostgres;

/// <summary>A folder with PostgreSQL's own programs: initdb, pg_ctl and postgres.</summary>
public sealed partial record PostgresPrograms(string Folder)
{
    private const string Installed = "/usr/lib/postgresql";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    /// <summary>As postgres itself tells, such as 18.4.</summary>
    /// <exception cref="PostgresException">It does not start.</exception>
    public string Version
    {
        get
        {
            var asked = CommandRun.Of([PathOf("postgres"), "-V"], Limit);
            return asked.Succeeded && VersionLine().Match(asked.Output) is { Success: true } line
                ? line.Groups["version"].Value
                : throw new PostgresException($"{PathOf("postgres")} -V does not tell a version: {asked.Output}");
        }
    }

    public string PathOf(string program) => Path.Combine(Folder, program);

    /// <summary>From the PATH, else Debian's newest, else an earlier download.</summary>
    /// <param name="folder">Where <see cref="EmbeddedPostgres"/> puts what it downloads.</param>
    public static PostgresPrograms? Find(string folder)
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] installed = Directory.Exists(Installed)
            ? [.. Directory.GetDirectories(Installed).OrderByDescending(MajorOf)
                .Select(version => Path.Combine(version, "bin"))]
            : [];
        return onPath.Concat(installed).Append(EmbeddedPostgres.ProgramsIn(folder)).FirstOrDefault(AreIn) is { } found
            ? new(found)
            : null;
    }

    /// <param name="folder">Where <see cref="EmbeddedPostgres"/> puts what it downloads.</param>
    /// <param name="say">Is told what takes time.</param>
    /// <exception cref="PostgresException">Neither found nor downloaded; the message says what to install.</exception>
    public static PostgresPrograms FindOrDownload(string folder, Action<string> say) =>
        Find(folder) ?? EmbeddedPostgres.Download(folder, say);

    private static bool AreIn(string folder) =>
        Needed.All(program => IsThere(new FileInfo(Path.Combine(folder, program))));

    /// <summary>A link to what is not there exists by itself.</summary>
    private static bool IsThere(FileInfo file) =>
        file.Exists && (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).Exists;

    private static int MajorOf(string folder) => int.TryParse(Path.GetFileName(folder), out var major) ? major : 0;

    [GeneratedRegex(@"^postgres \(PostgreSQL\) (?<version>\d+(\.\d+)?)")]
    private static partial Regex VersionLine();
}
