using System.Diagnostics;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Cases;

/// <summary>All three services at once, as fast as they go: tickets are posted in a closed loop until the time is up,
/// and followed until the last one has its effect.</summary>
internal static class PipelineCase
{
    private const string Name = "pipeline";
    private const int Connections = 32;

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var pipeline = await Pipeline.StartAsync(system, bench.Cancellation);
        var (posts, effects, costs) = (new List<double>(), new List<double>(), new List<double>());
        await MeasureAsync(bench, pipeline, bench.Sizes.ApiWarmUp);
        for (var round = 1; round <= bench.Sizes.PipelineRounds; round++)
        {
            var (posted, processed, cost) = await MeasureAsync(bench, pipeline, bench.Sizes.LoadSpan);
            Console.WriteLine(string.Create(Text.Culture,
                $"{Name}, round {round}/{bench.Sizes.PipelineRounds}: {posted:N0} POSTs/s, {processed:N0} effects/s, "
                + $"{cost:0.000} ms an event"));
            posts.Add(posted);
            effects.Add(processed);
            costs.Add(cost);
        }

        bench.Report.Add(
            new Figure(Name, $"POST /tickets, {Connections} connections", Text.Rate(Rounds.MedianOf(posts))));
        bench.Report.Add(new Figure(Name, "effects, until the last one", Text.Rate(Rounds.MedianOf(effects))));
        bench.Report.Add(new Figure(Name, "the services' processor time for an event",
            string.Create(Text.Culture, $"{Rounds.MedianOf(costs):0.000} ms"))
        {
            Target = new Target(AtLeast: 0.105, Reach: 0.075, LessIsBetter: true)
                .Describe(Rounds.MedianOf(costs), " ms"),
        });
    }

    /// <returns>POSTs and effects per second, and milliseconds of processor time per event.</returns>
    private static async Task<(double Posts, double Effects, double Cost)> MeasureAsync(
        BenchRun bench, Pipeline pipeline, TimeSpan length)
    {
        await pipeline.System.Database.ExecuteAsync(
            "TRUNCATE tickets, outbox, processed_events, notifications", bench.Cancellation);
        await pipeline.System.Database.SettleAsync(bench.Cancellation);
        var (before, started) = (ProcessorTime(pipeline), Stopwatch.GetTimestamp());
        var load = await pipeline.SaturateAsync(Connections, length, bench.Cancellation);
        return (
            load.Rate, load.Latencies.Count / Stopwatch.GetElapsedTime(started).TotalSeconds,
            (ProcessorTime(pipeline) - before).TotalMilliseconds / load.Latencies.Count);
    }

    private static TimeSpan ProcessorTime(Pipeline pipeline) =>
        pipeline.Services.Aggregate(TimeSpan.Zero, (sum, service) => sum + service.ProcessorTime);
}
