using System.Collections.Concurrent;
using ServiceDesk.Tests.Faults.Breaking;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;
using ServiceDesk.Tests.Kubernetes;
using ServiceDesk.Tests.Observability;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>One run: callers keep a fleet busy while faults strike one after another; then everything must come to
/// rest, and the evidence is checked.</summary>
internal sealed class ChaosRun(ChaosSettings chaos, TestServers servers, Journal journal)
{
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan WatchedDuration = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<RequestedChange> _asked = new();
    private readonly List<StruckFault> _struck = [];

    public async Task<IReadOnlyList<Violation>> RunAsync()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers, chaos.Partitions);
        await using var address = await DatabaseAddress.PutBeforeAsync(system, servers.Postgres);
        if (FakeClock.Library is null)
        {
            journal.Note("libfaketime is not installed: the database's clock is not set back");
        }

        await using var recorder = new TopicRecorder(system.Events);
        await using var deadLetters = new TopicRecorder(system.DeadLetters);
        await using var fleet = await Fleet.StartAsync(chaos, system, servers.Kafka);
        await using var prometheus = await WatchAsync(fleet);
        using var api = new ApiCaller(fleet);
        using var collector = new EvidenceCollector(system, recorder, deadLetters);
        if (chaos.Holds)
        {
            journal.Note("an event that fails holds the later ones of its ticket");
        }

        var shaken = new ChaosSystem(fleet, system.Database, system.Events, recorder);
        journal.Note(
            $"{fleet.Members.Count} processes are ready; {chaos.Callers} callers and the faults begin, "
            + $"for {chaos.Duration.TotalSeconds:0} s");

        await ShakeAsync(shaken, api, address, prometheus);

        var quiet = await collector.UntilQuietAsync(QuietLimit);
        journal.Note(quiet ? "all is quiet" : $"it did not come to rest in {QuietLimit}");
        var evidence = await collector.CollectAsync(_asked, shaken, chaos.Holds);
        ChaosReport.Print(journal, chaos, evidence, _struck);
        IReadOnlyList<Violation> violations =
        [
            .. await fleet.DeathsAsync(), .. NotRecovered(), .. InvariantChecker.Check(evidence),
        ];
        ChaosReport.Print(journal, violations, fleet);
        return violations;
    }

    /// <summary>Load and faults until the time is up; returns when every open request has its outcome.</summary>
    private async Task ShakeAsync(
        ChaosSystem system, ApiCaller api, DatabaseAddress? address, PrometheusProcess? prometheus)
    {
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(1, chaos.Callers)
            .Select(number =>
                new Caller(api, _asked, chaos.Pace, new Random(chaos.Seed + number)).RunAsync(stop.Token)).ToList();
        try
        {
            await BreakAsync(system, address, prometheus, new RecoveryProbe(
                new Caller(api, _asked, chaos.Pace, new Random(chaos.Seed)), system.Database, chaos.RecoveryLimit));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(callers);
        }
    }

    private async Task BreakAsync(
        ChaosSystem system, DatabaseAddress? address, PrometheusProcess? prometheus, RecoveryProbe probe)
    {
        var random = new Random(chaos.Seed);
        var schedule = new FaultSchedule(FaultCatalog.For(servers, chaos, address), random);
        var begin = journal.Elapsed;
        while (journal.Elapsed - begin < chaos.Duration)
        {
            await Task.Delay(random.NextDouble() * LongestPause);
            var faults = schedule.Next();
            var at = journal.Elapsed;
            var details = await Task.WhenAll(
                faults.Select(fault => StrikeAsync(fault, system, new Random(random.Next()))));
            var duration = journal.Elapsed - at;
            var recovery = await probe.MeasureAsync();
            var alerts = prometheus is null
                ? []
                : await prometheus.FiredAsync(within: $"{Math.Ceiling((journal.Elapsed - at).TotalSeconds):0}s");
            var struck = new StruckFault(
                at, [.. faults.Select(fault => fault.Name)], string.Join(" + ", details), duration, recovery, alerts);
            _struck.Add(struck);
            journal.Note(
                $"{struck.Detail}; lasted {duration.TotalSeconds:0.0} s, "
                + $"recovered in {struck.Recovery?.TotalSeconds:0.0} s");
        }
    }

    /// <summary>In a run of minutes only: alerts need some time to tell.</summary>
    private async Task<PrometheusProcess?> WatchAsync(Fleet fleet)
    {
        if (chaos.Duration < WatchedDuration)
        {
            return null;
        }

        if (ProgramsOnPath.Missing("prometheus") is { } missing)
        {
            journal.Note($"{missing}: no alert is looked at");
            return null;
        }

        return await PrometheusProcess.StartAsync(fleet.Endpoints(), hurries: true);
    }

    private static async Task<string> StrikeAsync(IFault fault, ChaosSystem system, Random random) =>
        $"{fault.Name} ({await fault.StrikeAsync(system, random)})";

    private IEnumerable<Violation> NotRecovered() => _struck.Where(fault => fault.Recovery is null)
        .Select(fault => new Violation(
            Invariant.NotRecovered,
            $"new tickets were not processed within {chaos.RecoveryLimit} after {fault.Detail}"));
}
