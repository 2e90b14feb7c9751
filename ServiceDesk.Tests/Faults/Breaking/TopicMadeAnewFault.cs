using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ServiceDesk.Tests.Faults.Chaos;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Somebody deletes the topic and makes it anew, once all its messages are processed. The notifiers run on
/// with positions of the deleted topic.</summary>
internal sealed class TopicMadeAnewFault(KafkaServer kafka) : IFault
{
    private const string Unprocessed =
        """
        SELECT count(*) FROM outbox o WHERE status = 'sent'
        AND NOT EXISTS (SELECT FROM processed_events p WHERE p.event_id = o.event_id AND p.status IN ('done', 'failed'))
        AND NOT EXISTS (SELECT FROM held_events h WHERE h.event_id = o.event_id)
        """;

    private const string SettledOf =
        """
        SELECT count(*) FROM (
            SELECT event_id FROM processed_events WHERE event_id = ANY ($1) AND status IN ('done', 'failed')
            UNION SELECT event_id FROM held_events WHERE event_id = ANY ($1)) AS settled
        """;

    private const string Known = "SELECT topic_id FROM consumed_topics WHERE topic = $1";

    private const string FirstUnsent =
        """
        SELECT coalesce(min(id) FILTER (WHERE status <> 'sent'), max(id) + 1, 1) FROM outbox
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public string Name => "topic made anew";

    public FaultTargets Targets =>
        FaultTargets.Topic | FaultTargets.Relays | FaultTargets.Notifiers | FaultTargets.Broker;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var relays = await Task.WhenAll(
            system.Fleet.Of(ServiceProcess.OutboxRelay).Select(relay => relay.RunningAsync()));
        Array.ForEach(relays, relay => relay.Freeze());
        var (messages, firstLate) = (0L, 0L);
        List<Guid> gone;
        try
        {
            gone = await Eventually.SeesAsync(
                "the notifiers know the topic", () => KnownAsync(system),
                known => known.Count == system.Events.Partitions, Limit);
            await Eventually.SeesAsync(
                "the recorder has read it",
                () => Task.FromResult(system.Recorder.HasReadAll(system.Events.Ends())), read => read, Limit);
            await Eventually.SeesAsync("all in it is processed", () => ProcessedAsync(system), all => all, Limit);
            messages = system.Events.Ends().Sum();
            firstLate = await system.Database.ScalarAsync<long>(FirstUnsent);
            await kafka.MakeAnewAsync(system.Events);
            system.Recorder.BeginAnew();
        }
        finally
        {
            Array.ForEach(relays, relay => relay.Thaw());
        }

        await Eventually.SeesAsync(
            "the notifiers have noticed", () => KnownAsync(system),
            known => known.TrueForAll(id => !gone.Contains(id)), Limit);
        // Until then a partition may be read from the old position on, and only afterwards from its beginning.
        (await system.Database.RowsAsync(
            row => row.GetGuid(0), "SELECT DISTINCT aggregate_id FROM outbox WHERE id >= $1", firstLate))
            .ForEach(system.ReadLate.Add);
        return $"{messages} messages are gone";
    }

    private static Task<List<Guid>> KnownAsync(ChaosSystem system) =>
        system.Database.RowsAsync(row => row.GetGuid(0), Known, system.Events.Name);

    /// <summary>An event can be in the topic before it is marked sent, so recorded events must be processed, or held,
    /// too.</summary>
    private static async Task<bool> ProcessedAsync(ChaosSystem system)
    {
        var recorded = system.Recorder.Messages.Where(m => m.EventId is not null).Select(m => m.EventId!.Value)
            .Distinct().ToArray();
        return await system.Database.ScalarAsync<long>(Unprocessed) == 0
            && await system.Database.ScalarAsync<long>(SettledOf, recorded) == recorded.Length
            && system.Recorder.HasReadAll(system.Events.Ends());
    }
}
