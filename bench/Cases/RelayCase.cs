using ServiceDesk.Bench.Baselines;
using ServiceDesk.Bench.Measuring;
using ServiceDesk.Bench.Reporting;
using ServiceDesk.Bench.Servers;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Publishing;

namespace ServiceDesk.Bench.Cases;

/// <summary>Drains of a deep outbox: by one relay and by several, with a slow broker, and with a long
/// history.</summary>
internal static class RelayCase
{
    private const string Name = "relay";
    private const string One = "1 relay";
    private const string Two = "2 relays";
    private const string Four = "4 relays";
    private const string SqlOnly = "SQL only";
    private const string Producer = "bare producer";
    private const string Empty = "empty table";
    private const string History = "with history";
    private const string Held = "transaction held open";
    private const string Fast = "no latency";

    /// <summary>Different messages that the bare producer sends in turns; all of them would not fit into memory
    /// well.</summary>
    private const int DifferentMessages = 20_000;

    private static readonly TimeSpan SlowBroker = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        bench.Report.Note(
            $"relay: {bench.Sizes.RelayTickets:N0} tickets with {bench.Sizes.EventsPerTicket} events each, inserted " +
            "by one transaction after the relay is ready; timed from its commit until no row is pending or " +
            "processing, looked at every 20 ms. Each relay is freshly started.");
        await SideBySideAsync(bench, system);
        await HeldTransactionAsync(bench, system);
        await SlowBrokerAsync(bench);
        await HistoryAsync(bench, system);
    }

    private static async Task SideBySideAsync(BenchRun bench, BenchSystem system)
    {
        var drain = new OutboxDrain(bench, system);
        var rounds = await Rounds.RunAsync(Name, bench.Sizes.RelayRounds,
            new(One, () => drain.ByRelaysAsync(1)), new(SqlOnly, drain.BySqlOnlyAsync),
            new(Producer, () => ProduceAsync(bench)), new(Two, () => drain.ByRelaysAsync(2)),
            new(Four, () => drain.ByRelaysAsync(4)));
        bench.Report.Add(new Figure(Name, $"drain, {One}", Text.Events(rounds.Median(One)))
        {
            Target = new Target(AtLeast: 8_000, Reach: 20_000).Describe(rounds.Median(One), "/s"),
        });
        bench.Report.Add(new Figure(Name, $"drain, {One}, against {SqlOnly}", "")
            .Beside(rounds.Ratio(One, SqlOnly), SqlOnly, rounds.Median(SqlOnly), new Target(0.8, 0.95)));
        bench.Report.Add(new Figure(Name, $"drain, {One}, against {Producer}", "")
            .Beside(rounds.Ratio(One, Producer), Producer, rounds.Median(Producer), target: null));
        foreach (var several in new[] { Two, Four })
        {
            bench.Report.Add(new Figure(Name, $"drain, {several}", Text.Events(rounds.Median(several)))
                .Beside(rounds.Ratio(several, One), One, rounds.Median(One), target: null));
        }
    }

    private static async Task HeldTransactionAsync(BenchRun bench, BenchSystem system)
    {
        var rounds = await Rounds.RunAsync("relay, transaction held open", bench.Sizes.RelayRounds,
            new(One, () => new OutboxDrain(bench, system).ByRelaysAsync(1)),
            new(Held, () => new OutboxDrain(bench, system, holdsTransaction: true).ByRelaysAsync(1)));
        bench.Report.Add(new Figure(Name, $"drain, {One}, {Held}", Text.Events(rounds.Median(Held)))
            .Beside(rounds.Ratio(Held, One), One, rounds.Median(One), new Target(AtLeast: 0.9, Reach: 1)));
    }

    private static async Task SlowBrokerAsync(BenchRun bench)
    {
        await using var system = await BenchSystem.CreateAsync(
            bench.Servers with { Kafka = bench.Servers.LocalKafka }, bench.Cancellation);
        bench.Report.Note(
            "relay: the slow broker is LocalKafka, whichever the other is; it can be told to take its time.");
        var drain = new OutboxDrain(bench, system);
        var rounds = await Rounds.RunAsync("relay, 20 ms broker latency", bench.Sizes.RelayRounds,
            new(Fast, () => drain.ByRelaysAsync(1)),
            new(One, () => SlowlyAsync(1)), new(Four, () => SlowlyAsync(4)));
        bench.Report.Add(new Figure(Name, $"20 ms broker latency, {One}", Text.Events(rounds.Median(One)))
            .Beside(rounds.Ratio(One, Fast), Fast, rounds.Median(Fast), new Target(AtLeast: 0.7, Reach: 0.95)));
        bench.Report.Add(new Figure(Name, $"20 ms broker latency, {Four}", Text.Events(rounds.Median(Four)))
            .Beside(rounds.Ratio(Four, One), One, rounds.Median(One), target: null));

        async Task<double> SlowlyAsync(int relays)
        {
            await LocalKafka.DelayAsync(bench.Servers, SlowBroker, bench.Cancellation);
            try
            {
                return await drain.ByRelaysAsync(relays);
            }
            finally
            {
                await LocalKafka.DelayAsync(bench.Servers, TimeSpan.Zero, CancellationToken.None);
            }
        }
    }

    private static async Task HistoryAsync(BenchRun bench, BenchSystem empty)
    {
        await using var old = await BenchSystem.CreateAsync(bench.Servers, bench.Cancellation);
        if (!await SentHistory.FillAsync(bench, old.Database))
        {
            return;
        }

        var rounds = await Rounds.RunAsync("relay, history", bench.Sizes.RelayRounds,
            new(Empty, () => new OutboxDrain(bench, empty).ByRelaysAsync(1)),
            new(History, () => new OutboxDrain(bench, old, keepsRows: true).ByRelaysAsync(1)));
        bench.Report.Add(new Figure(
            Name, $"drain, {bench.Sizes.HistoryRows / 1_000_000} million sent rows in the table",
            Text.Events(rounds.Median(History)))
            .Beside(rounds.Ratio(History, Empty), Empty, rounds.Median(Empty), new Target(AtLeast: 0.95, Reach: 1)));
    }

    private static async Task<double> ProduceAsync(BenchRun bench)
    {
        await using var topic = await BenchTopic.CreateAsync(
            bench.Servers, BenchSystem.DefaultPartitions, bench.Cancellation);
        var count = bench.Sizes.RelayEvents;
        var messages = SampleEvents.Create(Math.Min(count, DifferentMessages), bench.Sizes.EventsPerTicket)
            .Select(e => EventMessages.Create(e, OutboxHeaders.Read(e.Headers), span: null)).ToList();
        var elapsed = await BareProducer.SendAsync(
            bench.Servers.Kafka, topic.Name,
            Enumerable.Range(0, count).Select(i => messages[i % messages.Count]), bench.Cancellation);
        return count / elapsed.TotalSeconds;
    }
}
