using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Load;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;

namespace ServiceDesk.Bench.Cases;

/// <summary>POST to processed at fixed rates, and where the time goes.</summary>
internal static class LatencyCase
{
    private const string Name = "latency";
    private const int WarmUpRate = 200;

    private static readonly int[] Rates = [20, 200, 1_000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var floor = await WaitFloor.MeasureAsync(bench, system);
        bench.Report.Add(new Figure(Name, "two commits and one acknowledgement, alone", Percentiles(floor)));
        var pipeline = await Pipeline.StartAsync(system, bench.Cancellation);
        await pipeline.PostAsync("warm-up", WarmUpRate, WarmUp, bench.Cancellation);

        var requests = new Dictionary<int, IReadOnlyList<TimedRequest>>();
        foreach (var rate in Rates)
        {
            Console.WriteLine(string.Create(
                Text.Culture, $"latency: {rate:N0} tickets/s for {bench.Sizes.LatencySpan.TotalSeconds:0} s"));
            await system.Database.SettleAsync(bench.Cancellation);
            requests[rate] = await pipeline.PostAsync($"rate{rate}", rate, bench.Sizes.LatencySpan, bench.Cancellation);
        }

        var journeys = await Journeys.ReadAsync(bench, pipeline);
        foreach (var rate in Rates)
        {
            Report(bench, rate, floor, await journeys.OfAsync($"rate{rate}", requests[rate], bench.Cancellation));
        }

        NoteClocks(bench, journeys);
    }

    private static void Report(BenchRun bench, int rate, Latencies floor, IReadOnlyList<Journey> journeys)
    {
        var total = Of(journeys, j => j.Total);
        bench.Report.Add(new Figure(
            Name, string.Create(Text.Culture, $"POST to processed at {rate:N0}/s"),
            $"{Percentiles(total)}, max {Text.Milliseconds(total.Max)}")
        {
            Comparison = string.Create(Text.Culture,
                $"p50 {Ratio(total, floor, 50):0.0} x, p99 {Ratio(total, floor, 99):0.0} x what must be waited for"),
            Target = TargetAt(rate, total, floor),
        });
        foreach (var (station, time) in new (string, Func<Journey, TimeSpan>)[]
        {
            ("commit", j => j.Commit), ("wait", j => j.Wait), ("publish", j => j.Publish), ("consume", j => j.Consume),
        })
        {
            var latencies = Of(journeys, time);
            bench.Report.Add(new Figure(
                Name, string.Create(Text.Culture, $"- {station}, at {rate:N0}/s"),
                $"{Percentiles(latencies)}, max {Text.Milliseconds(latencies.Max)}"));
        }
    }

    private static string TargetAt(int rate, Latencies total, Latencies floor) => rate switch
    {
        200 => $"p50 {new Target(1.5, 1.2, LessIsBetter: true).Describe(Ratio(total, floor, 50), " x")}; "
            + $"p99 {new Target(3, 2, LessIsBetter: true).Describe(Ratio(total, floor, 99), " x")}",
        1_000 => $"p99 {new Target(20, 10, LessIsBetter: true)
            .Describe(total.Percentile(99).TotalMilliseconds, " ms")}",
        _ => "",
    };

    private static double Ratio(Latencies total, Latencies floor, double percent) =>
        total.Percentile(percent) / floor.Percentile(percent);

    private static void NoteClocks(BenchRun bench, Journeys journeys)
    {
        bench.Report.Note(
            "latency: open loop, counted from when a request was due. commit: due to answered. wait: " +
            "outbox.created_at to the message's timestamp. publish: the message's timestamp to outbox.sent_at. " +
            "consume: the message's timestamp to processed. publish and consume overlap. The generator itself is up " +
            "to 1 ms late.");
        bench.Report.Note(journeys.AreLogged
            ? "latency: processed is the notifier's log line after its transaction, in whole ms."
            : "latency: processed is processed_events.processed_at, the start of the notifier's transaction: " +
              "its commit is missing.");
    }

    private static Latencies Of(IEnumerable<Journey> journeys, Func<Journey, TimeSpan> time)
    {
        var latencies = new Latencies();
        foreach (var journey in journeys)
        {
            latencies.Add(time(journey));
        }

        return latencies;
    }

    private static string Percentiles(Latencies latencies) =>
        $"p50 {Text.Milliseconds(latencies.Percentile(50))}, p99 {Text.Milliseconds(latencies.Percentile(99))}";
}
