using System.Diagnostics;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.Bench.Cases;

/// <summary>A backlog as a day's outage leaves it: whether it drains as fast at its end as at its beginning, and what
/// it costs to ask how long it is.</summary>
internal static class BacklogCase
{
    private const string Name = "backlog";
    private const int Looks = 50;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(60);

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        var events = await FillAsync(bench, system);
        await CountAsync(bench, system);
        await system.Database.SettleAsync(bench.Cancellation);
        await using var relay = await system.StartAsync(ServicePrograms.OutboxRelay, bench.Cancellation);

        var started = Stopwatch.GetTimestamp();
        var part = events / 10;
        var first = await UntilAsync(bench, relay, part, started);
        var before = await UntilAsync(bench, relay, events - part, started);
        var last = await UntilAsync(bench, relay, events, started);
        var (begin, end) = (part / first.TotalSeconds, part / (last - before).TotalSeconds);
        bench.Report.Add(new Figure(
            Name, string.Create(Text.Culture, $"the last {part:N0} of {events:N0}"), Text.Events(end))
            .Beside(end / begin, "the first", begin, new Target(AtLeast: 0.9)));
        bench.Report.Note(
            $"{Name}: timed by the relay's own count of acknowledged events, looked at every "
            + $"{LookInterval.TotalMilliseconds:0} ms, from when it was ready.");
    }

    /// <summary>In transactions of a million, as nobody writes more at once.</summary>
    private static async Task<long> FillAsync(BenchRun bench, BenchSystem system)
    {
        var atOnce = Math.Min(bench.Sizes.BacklogTickets, 250_000);
        for (var tickets = 0; tickets < bench.Sizes.BacklogTickets; tickets += atOnce)
        {
            Console.WriteLine(string.Create(
                Text.Culture, $"{Name}: {(long)tickets * bench.Sizes.EventsPerTicket:N0} events written"));
            await system.Database.ExecuteAsync(SampleSql.InsertPending, bench.Cancellation, atOnce,
                bench.Sizes.EventsPerTicket, SampleTexts.Title, SampleTexts.Description, SampleTexts.TraceParent);
        }

        return (long)bench.Sizes.BacklogTickets * bench.Sizes.EventsPerTicket;
    }

    /// <summary>The statement behind <c>outbox_pending</c> and <c>outbox_lag_seconds</c>.</summary>
    private static async Task CountAsync(BenchRun bench, BenchSystem system)
    {
        var outbox = new OutboxStore(system.Database.RelaySource);
        var latencies = new Latencies();
        for (var look = 0; look < Looks; look++)
        {
            var started = Stopwatch.GetTimestamp();
            await outbox.BacklogAsync(bench.Cancellation);
            latencies.Add(Stopwatch.GetElapsedTime(started));
        }

        var median = latencies.Percentile(50);
        bench.Report.Add(new Figure(Name, "counting it, as the metrics do", $"p50 {Text.Milliseconds(median)}")
        {
            Target = new Target(AtLeast: 5, LessIsBetter: true).Describe(median.TotalMilliseconds, " ms"),
        });
    }

    private static async Task<TimeSpan> UntilAsync(BenchRun bench, ServiceRun relay, long count, long started)
    {
        using var http = new HttpClient { BaseAddress = relay.Address };
        while (await PublishedAsync(http, bench.Cancellation) < count)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new BenchException($"the backlog was not drained within {Limit.TotalMinutes:0} minutes");
            }

            await Task.Delay(LookInterval, bench.Cancellation);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<double> PublishedAsync(HttpClient http, CancellationToken cancellation)
    {
        var metrics = await http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellation);
        return metrics.Split('\n').Where(l => l.StartsWith("outbox_published_total{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split("} ")[1].Split(' ')[0], Text.Culture));
    }
}
