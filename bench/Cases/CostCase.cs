using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;

namespace ServiceDesk.Bench.Cases;

/// <summary>What each service takes: processor and memory, idle and under load, time to start, room on disk.</summary>
internal static class CostCase
{
    private const string Name = "cost";
    private const int Rate = 1_000;

    private static readonly string[] Projects =
    [
        ServicePrograms.TicketApi, ServicePrograms.OutboxRelay, ServicePrograms.Notifier,
    ];

    /// <summary>After the start, when every connection exists and all that runs once a minute has run.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        await ColdStartsAsync(bench, system);
        var pipeline = await Pipeline.StartAsync(system, bench.Cancellation);
        await IdleAsync(bench, pipeline);
        await LoadAsync(bench, pipeline);
        PublishedSizes(bench);
        bench.Report.Note(
            $"cost: a core is 100 %. Idle is measured {Settling.TotalSeconds:0} s after the start, before the first " +
            "request. Under load, processor time is counted until the last ticket is processed; memory is what is " +
            "resident then. Its own is what no file holds; the rest are pages of programs and libraries, which " +
            "processes share.");
    }

    private static async Task ColdStartsAsync(BenchRun bench, BenchSystem system)
    {
        foreach (var project in Projects)
        {
            var times = new List<double>();
            while (times.Count < bench.Sizes.ColdStarts)
            {
                await using var service = await system.StartAsync(project, bench.Cancellation);
                times.Add(service.ReadyAfter.TotalMilliseconds);
            }

            var median = TimeSpan.FromMilliseconds(Rounds.MedianOf(times));
            Console.WriteLine($"cost: {project} is ready after {Text.Milliseconds(median)}");
            bench.Report.Add(new Figure(Name, $"{project}, start to ready", Text.Milliseconds(median)));
        }
    }

    private static async Task IdleAsync(BenchRun bench, Pipeline pipeline)
    {
        Console.WriteLine($"cost: idle for {bench.Sizes.IdleSpan.TotalSeconds:0} s");
        await Task.Delay(Settling, bench.Cancellation);
        var used = await ProcessorTimesAsync(pipeline, () => Task.Delay(bench.Sizes.IdleSpan, bench.Cancellation));
        foreach (var (service, cores) in pipeline.Services.Zip(used.Select(time => time / bench.Sizes.IdleSpan)))
        {
            var megabytes = service.ResidentBytes / 1_000_000.0;
            bench.Report.Add(
                new Figure(Name, $"{service.Project}, idle", $"{Text.Percent(cores)} of a core, {Memory(service)}")
                {
                    Target = $"{new Target(0.5, 0.1, LessIsBetter: true).Describe(cores * 100, " %")}; " +
                             $"{new Target(90, 40, LessIsBetter: true).Describe(megabytes, " MB")}",
                });
        }
    }

    private static async Task LoadAsync(BenchRun bench, Pipeline pipeline)
    {
        Console.WriteLine($"cost: {Rate} tickets/s for {bench.Sizes.LoadSpan.TotalSeconds:0} s");
        IReadOnlyList<TimedRequest> requests = [];
        var used = await ProcessorTimesAsync(pipeline, async () =>
            requests = await pipeline.PostAsync("load", Rate, bench.Sizes.LoadSpan, bench.Cancellation));
        var reached = requests.Count / (requests.Max(r => r.Answered) - requests.Min(r => r.Scheduled)).TotalSeconds;
        foreach (var (service, seconds) in pipeline.Services.Zip(used.Select(time => time.TotalSeconds)))
        {
            bench.Report.Add(new Figure(Name, $"{service.Project}, under load",
                $"{Text.Percent(seconds / requests.Count * 1_000)} of a core per 1,000 tickets/s, {Memory(service)}")
            {
                Comparison = $"at {Text.Rate(reached)}",
            });
        }
    }

    private static void PublishedSizes(BenchRun bench)
    {
        foreach (var project in Projects)
        {
            bench.Report.Add(
                new Figure(Name, $"{project}, published", Text.Megabytes(ServicePrograms.SizeOf(project))));
        }
    }

    private static string Memory(ServiceRun service) =>
        $"RSS {Text.Megabytes(service.ResidentBytes)}" +
        (service.ResidentFileBytes is { } shared
            ? $" ({Text.Megabytes(service.ResidentBytes - shared)} of its own)"
            : "");

    /// <returns>What each service used meanwhile.</returns>
    private static async Task<List<TimeSpan>> ProcessorTimesAsync(Pipeline pipeline, Func<Task> meanwhile)
    {
        var before = pipeline.Services.Select(s => s.ProcessorTime).ToList();
        await meanwhile();
        return [.. pipeline.Services.Zip(before, (service, earlier) => service.ProcessorTime - earlier)];
    }
}
