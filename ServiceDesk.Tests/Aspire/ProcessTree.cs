using System.Globalization;

namespace ServiceDesk.Tests.Aspire;

/// <summary>Who started whom, as Linux tells.</summary>
internal static class ProcessTree
{
    /// <returns>Ids and command lines of processes whose command line has the text, and their children.</returns>
    public static Dictionary<int, string> From(string text)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .ToDictionary(id => id, CommandOf);
        var children = all.Keys.ToLookup(Parent);
        var found = new Dictionary<int, string>();
        var left = new Queue<int>(all.Where(p => p.Value.Contains(text, StringComparison.Ordinal)).Select(p => p.Key));
        while (left.TryDequeue(out var id))
        {
            found[id] = all[id];
            foreach (var child in children[id].Where(c => !found.ContainsKey(c)))
            {
                left.Enqueue(child);
            }
        }

        return found;
    }

    /// <returns>The command line, with spaces between the arguments; empty when the process has ended.</returns>
    public static string CommandOf(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ').TrimEnd();

    /// <summary>The fourth field; the second is the program's name in parentheses, which may hold spaces.</summary>
    private static int Parent(int id)
    {
        var status = Read($"/proc/{id}/stat");
        return status.LastIndexOf(')') is var end and > 0
            ? int.Parse(status[(end + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)
            : 0;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // It ended in between.
            return "";
        }
    }
}
