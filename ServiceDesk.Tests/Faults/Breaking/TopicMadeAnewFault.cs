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
        try
        {
            await Eventually.SeesAsync(
                "the recorder has read it",
                () => Task.FromResult(system.Recorder.HasReadAll(Ends(system))), read => read, Limit);
            await Eventually.SeesAsync("all in it is processed", () => ProcessedAsync(system), all => all, Limit);
            var messages = Ends(system).Sum();
            await kafka.MakeAnewAsync(system.Events);
            system.Recorder.BeginAnew();
            return $"{messages} messages are gone";
        }
        finally
        {
            Array.ForEach(relays, relay => relay.Thaw());
        }
    }

    /// <summary>An event can be in the topic before it is marked sent, so recorded events must be
    /// processed too.</summary>
    private static async Task<bool> ProcessedAsync(ChaosSystem system)
    {
        var recorded = system.Recorder.Messages.Where(m => m.EventId is not null).Select(m => m.EventId!.Value)
            .Distinct().ToArray();
        return await system.Database.ScalarAsync<long>(Unprocessed) == 0
            && await system.Database.ScalarAsync<long>(
                "SELECT count(*) FROM processed_events WHERE event_id = ANY($1) AND status IN ('done', 'failed')",
                recorded) == recorded.Length
            && system.Recorder.HasReadAll(Ends(system));
    }

    private static long[] Ends(ChaosSystem system)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = system.Events.Bootstrap, GroupId = "none" })
            .SetLogHandler((_, _) => { }).Build();
        return [.. system.Events.All.Select(
            partition => reader.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(10)).High.Value)];
    }
}
