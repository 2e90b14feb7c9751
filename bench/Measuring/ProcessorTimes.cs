using ServiceDesk.Bench.Reporting;

namespace ServiceDesk.Bench.Measuring;

/// <summary>Seconds of processor time since the boot, as Linux counts it (proc(5)).</summary>
internal sealed class ProcessorTimes
{
    /// <summary>USER_HZ.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>By process, and by thread in the one whose threads count.</summary>
    private readonly Dictionary<int, (string Program, double Seconds)> _threads = [];

    /// <summary>Of the whole machine.</summary>
    private readonly double _idle = OfMachine(4, 5);

    private ProcessorTimes()
    {
    }

    /// <summary>Seconds that all processors together were at work.</summary>
    public static double Busy() => OfMachine(1, 2, 3, 6, 7);

    /// <param name="service">The process whose librdkafka is told from the rest of it.</param>
    /// <param name="name">What the rest is called.</param>
    public static ProcessorTimes Read(int service, string name)
    {
        var times = new ProcessorTimes();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var process))
            {
                continue;
            }

            if (process != service)
            {
                times.Add(folder, program => process == Environment.ProcessId ? "the benchmark" : program);
                continue;
            }

            foreach (var thread in Directory.EnumerateDirectories($"{folder}/task"))
            {
                times.Add(thread, thread => thread.StartsWith("rdk:", StringComparison.Ordinal) ? "librdkafka" : name);
            }
        }

        return times;
    }

    /// <returns>What each program took of all processors' time since then, the largest first. What has ended since is
    /// in none of them.</returns>
    public IReadOnlyList<(string Program, double Share)> Since(ProcessorTimes start)
    {
        var taken = _threads
            .Select(t => (t.Value.Program, Seconds: t.Value.Seconds - start._threads.GetValueOrDefault(t.Key).Seconds))
            .Append((Program: "idle", Seconds: _idle - start._idle))
            .GroupBy(t => t.Program, t => t.Seconds)
            .Select(program => (Program: program.Key, Seconds: program.Sum()))
            .ToList();
        var all = taken.Sum(t => t.Seconds);
        return [.. taken.Select(t => (t.Program, t.Seconds / all)).OrderByDescending(t => t.Item2)];
    }

    private void Add(string folder, Func<string, string> nameOf)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"{folder}/stat");
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return;
        }

        // "123 (name) S 1 ...": the name may have spaces and parentheses.
        var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
        var fields = stat[(close + 2)..].Split(' ');
        var seconds = (double.Parse(fields[11], Text.Culture) + double.Parse(fields[12], Text.Culture))
            / TicksPerSecond;
        _threads[int.Parse(stat[..open], Text.Culture)] = (nameOf(stat[(open + 1)..close]), seconds);
    }

    private static double OfMachine(params int[] fields)
    {
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Sum(field => double.Parse(times[field], Text.Culture)) / TicksPerSecond;
    }
}
