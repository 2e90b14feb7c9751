using System.Globalization;
using System.Text.RegularExpressions;
using LocalPostgres;

namespace ServiceDesk.AppHost.Ports;

/// <summary>Who listens on a port: from /proc on Linux, from lsof elsewhere.</summary>
internal static partial class PortHolder
{
    private const int LongestCommand = 120;
    private const string Listening = "0A";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <returns>For a message: the process id and the command, or what is known.</returns>
    public static string Of(int port) => Find(port) is { } process ? Describe(process) : "a process of another user";

    private static int? Find(int port)
    {
        if (OperatingSystem.IsLinux())
        {
            return Sockets(port).SelectMany(Owners).Cast<int?>().FirstOrDefault();
        }

        var asked = CommandRun.Of(["lsof", "-nP", "-t", $"-iTCP:{port}", "-sTCP:LISTEN"], Limit);
        return int.TryParse(asked.Output.Split('\n')[0], out var process) ? process : null;
    }

    /// <summary>What an AppHost has started is named by that: to end it is what helps.</summary>
    private static string Describe(int process)
    {
        foreach (var ancestor in Ancestry(process))
        {
            if (Monitored().Match(CommandOf(ancestor)) is { Success: true } orchestrator)
            {
                var owner = int.Parse(orchestrator.Groups[1].Value, CultureInfo.InvariantCulture);
                return $"another AppHost, pid {owner}: {Short(CommandOf(owner))}";
            }
        }

        return $"pid {process}: {Short(CommandOf(process))}";
    }

    private static IEnumerable<int> Ancestry(int process)
    {
        for (; process > 1; process = ParentOf(process))
        {
            yield return process;
        }
    }

    private static string Short(string command) =>
        command.Length > LongestCommand ? command[..LongestCommand] + "…" : command;

    /// <returns>The inodes of the sockets that listen on the port.</returns>
    private static IEnumerable<string> Sockets(int port) =>
        from table in (string[])["/proc/net/tcp", "/proc/net/tcp6"]
        where File.Exists(table)
        from line in File.ReadLines(table).Skip(1)
            // Number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode.
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[3] == Listening && fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal)
        select fields[9];

    private static IEnumerable<int> Owners(string inode) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let process = int.TryParse(Path.GetFileName(folder), out var id) ? id : 0
        where process > 0 && Files(folder).Any(file => file == $"socket:[{inode}]")
        select process;

    private static IEnumerable<string?> Files(string process)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Select(file => new FileInfo(file).LinkTarget)];
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            // Another user's, or it has ended.
            return [];
        }
    }

    /// <summary>The second field behind the program's name in parentheses, which may hold spaces.</summary>
    private static int ParentOf(int process)
    {
        var parent = OperatingSystem.IsLinux()
            ? Read($"/proc/{process}/stat").Split(')')[^1].Split(' ').ElementAtOrDefault(2)
            : Ask("ppid=", process);
        return int.TryParse(parent, out var id) ? id : 0;
    }

    private static string CommandOf(int process) => OperatingSystem.IsLinux()
        ? Read($"/proc/{process}/cmdline").Replace('\0', ' ').Trim()
        : Ask("command=", process);

    private static string Ask(string column, int process) =>
        CommandRun.Of(["ps", "-o", column, "-p", process.ToString(CultureInfo.InvariantCulture)], Limit).Output;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }

    [GeneratedRegex(@"\bdcp start-apiserver --monitor (\d+)\b")]
    private static partial Regex Monitored();
}
