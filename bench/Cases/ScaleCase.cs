using System.Diagnostics;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.OutboxRelay;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.Bench.Cases;

/// <summary>What would bound the pipeline on larger machines: a model of two costs that are measured here. All that a
/// ticket takes spreads over processors and machines, but claims are made one after the other.</summary>
internal static class ScaleCase
{
    private const string Name = "scale";
    private const int Connections = 32;

    private static readonly int[] Cores = [2, 16, 64, 256];

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var claim = await ClaimAsync(bench, system);
        var ticket = await TicketAsync(bench, system);
        bench.Report.Add(new Figure(Name, "claiming, one after the other", Microseconds(claim, "an event")));
        bench.Report.Add(new Figure(Name, "processor time, of everything", Microseconds(ticket, "a ticket")));
        foreach (var cores in Cores)
        {
            var (byCores, byClaims) = (cores / ticket, 1 / claim);
            bench.Report.Add(new Figure(
                Name, $"model: {cores} cores", Text.Rate(Math.Min(byCores, byClaims)))
            {
                Comparison = byCores < byClaims
                    ? $"by processors; claims would do {Text.Rate(byClaims)}"
                    : $"by claims; processors would do {Text.Rate(byCores)}",
            });
        }

        bench.Report.Note(
            $"{Name}: claiming is timed from the statement to the last event read, of which only the first part holds "
            + "the lock, so the bound is a low one. Processor time is that of the whole machine but for the load, from "
            + "the first POST to the last effect. The model knows no disk and no network.");
    }

    /// <returns>Seconds.</returns>
    private static async Task<double> ClaimAsync(BenchRun bench, BenchSystem system)
    {
        var rates = new List<double>();
        for (var round = 0; round < bench.Sizes.RelayRounds; round++)
        {
            await system.Database.ExecuteAsync("TRUNCATE outbox", bench.Cancellation);
            await system.Database.ExecuteAsync(SampleSql.InsertPending, bench.Cancellation, bench.Sizes.RelayTickets, 1,
                SampleTexts.Title, SampleTexts.Description, SampleTexts.TraceParent);
            await system.Database.SettleAsync(bench.Cancellation);
            var outbox = new OutboxStore(system.Database.RelaySource);
            var settings = new RelaySettings();
            var (claimed, started) = (0, Stopwatch.GetTimestamp());
            while (claimed < bench.Sizes.RelayTickets)
            {
                claimed += (await outbox.ClaimAsync(settings.BatchSize, bench.Cancellation)).Events.Count;
            }

            rates.Add(claimed / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return 1 / Rounds.MedianOf(rates);
    }

    /// <returns>Seconds.</returns>
    private static async Task<double> TicketAsync(BenchRun bench, BenchSystem system)
    {
        await system.Database.ExecuteAsync("TRUNCATE outbox", bench.Cancellation);
        var pipeline = await Pipeline.StartAsync(system, bench.Cancellation);
        await pipeline.SaturateAsync(Connections, bench.Sizes.ApiWarmUp, bench.Cancellation);
        var costs = new List<double>();
        for (var round = 0; round < bench.Sizes.PipelineRounds; round++)
        {
            var (busy, load) = (ProcessorTimes.Busy(), Load());
            var posted = await pipeline.SaturateAsync(Connections, bench.Sizes.LoadSpan, bench.Cancellation);
            costs.Add(((ProcessorTimes.Busy() - busy) - (Load() - load)) / posted.Latencies.Count);
        }

        return Rounds.MedianOf(costs);
    }

    private static string Microseconds(double seconds, string unit) =>
        string.Create(Text.Culture, $"{seconds * 1_000_000:0} µs {unit}");

    private static double Load() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
}
