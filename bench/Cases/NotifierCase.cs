using System.Diagnostics;
using Confluent.Kafka;
using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Bench.Services;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Publishing;

namespace ServiceDesk.Bench.Cases;

/// <summary>Drains of a topic that is full before the notifier starts, each by a new group.</summary>
internal static class NotifierCase
{
    private const string Name = "notifier";
    private const string Consumer = "bare consumer";
    private const string Inserts = "INSERT loop";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static async Task RunAsync(BenchRun bench)
    {
        var count = bench.Sizes.NotifierMessages;
        var partitions = Partitions(bench, count);
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation, partitions);
        Console.WriteLine($"notifier: producing {count:N0} messages");
        await BareProducer.SendAsync(
            bench.Servers.Kafka, system.Topic.Name, Messages(bench, count), bench.Cancellation);
        bench.Report.Note(
            $"notifier: {count:N0} messages in {partitions} partitions, all there before it starts; timed by the " +
            "database's clock from the first batch's transaction to the last one's, so without the start and the " +
            "joining of the group. It is freshly started, its baselines are warm.");

        var rounds = await Rounds.RunAsync(Name, bench.Sizes.NotifierRounds,
            new(Name, () => DrainAsync(bench, system)),
            new(Consumer, async () =>
            {
                var took = await BareConsumer.ReadAsync(
                    bench.Servers.Kafka, system.Topic.Name, count, _ => { }, bench.Cancellation);
                return count / took.TotalSeconds;
            }),
            new(Inserts, async () =>
            {
                await EmptyAsync(bench, system);
                var took = await InsertLoop.RunAsync(system.Database.ServiceSource, count, bench.Cancellation);
                return count / took.TotalSeconds;
            }));
        bench.Report.Add(new Figure(Name, "drain", Text.Events(rounds.Median(Name)))
        {
            Target = new Target(AtLeast: 15_000, Reach: 40_000).Describe(rounds.Median(Name), "/s"),
        });
        bench.Report.Add(new Figure(Name, $"drain, against {Inserts}", "")
            .Beside(rounds.Ratio(Name, Inserts), Inserts, rounds.Median(Inserts), new Target(0.75, 0.95)));
        bench.Report.Add(new Figure(Name, $"drain, against {Consumer}", "")
            .Beside(rounds.Ratio(Name, Consumer), Consumer, rounds.Median(Consumer), target: null));
    }

    private static async Task<double> DrainAsync(BenchRun bench, BenchSystem system)
    {
        var count = bench.Sizes.NotifierMessages;
        await EmptyAsync(bench, system);
        await using var notifier = await system.StartAsync(
            ServicePrograms.Notifier, bench.Cancellation, group: $"bench-{Guid.NewGuid():N}");
        var started = Stopwatch.GetTimestamp();
        // Ids are given in order, so the last one tells how many there are, and costs nothing to find.
        const string Newest = "SELECT coalesce(max(id), 0) FROM notifications";
        while (await system.Database.ScalarAsync<long>(Newest, bench.Cancellation) < count)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new BenchException($"the topic was not drained within {Limit.TotalMinutes:0} minutes");
            }

            await Task.Delay(LookInterval, bench.Cancellation);
        }

        return await system.Database.ScalarAsync<double>(SampleSql.ProcessedPerSecond, bench.Cancellation);
    }

    private static async Task EmptyAsync(BenchRun bench, BenchSystem system)
    {
        await system.Database.ExecuteAsync(
            "TRUNCATE processed_events, notifications RESTART IDENTITY", bench.Cancellation);
        await system.Database.SettleAsync(bench.Cancellation);
    }

    private static IEnumerable<Message<byte[], byte[]>> Messages(BenchRun bench, int count) =>
        SampleEvents.Create(count, bench.Sizes.EventsPerTicket)
            .Select(e => EventMessages.Create(e, OutboxHeaders.Read(e.Headers), span: null));

    /// <summary>As many as users get, but with LocalKafka as many as it needs to keep all messages.</summary>
    private static int Partitions(BenchRun bench, int count)
    {
        if (!bench.Servers.IsLocalKafka)
        {
            return BenchSystem.DefaultPartitions;
        }

        // Half full at most: keys do not spread evenly.
        var bytes = Messages(bench, 100).Average(Size) * count;
        var needed = (int)Math.Ceiling(bytes / (LocalKafka.BytesPerPartition / 2));
        if (needed > BenchSystem.DefaultPartitions)
        {
            bench.Report.Note(
                $"notifier: {needed} partitions instead of {BenchSystem.DefaultPartitions}: " +
                "LocalKafka keeps 5 MiB of each and drops older messages.");
        }

        return Math.Max(needed, BenchSystem.DefaultPartitions);
    }

    private static double Size(Message<byte[], byte[]> message) =>
        message.Key.Length + message.Value.Length
        + message.Headers.Sum(h => h.Key.Length + h.GetValueBytes().Length + 4) + 70;
}
