using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Waits until nothing moves any more, and collects what there is then.</summary>
internal sealed class EvidenceCollector : IDisposable
{
    private const string Unfinished =
        """
        SELECT (SELECT count(*) FROM outbox WHERE status IN ('pending', 'processing'))
             + (SELECT count(*) FROM outbox o WHERE status = 'sent'
                AND NOT EXISTS (SELECT FROM processed_events p
                                WHERE p.event_id = o.event_id AND p.status IN ('done', 'failed'))
                AND NOT EXISTS (SELECT FROM held_events h JOIN processed_events p ON p.aggregate_id = h.ticket_id
                                WHERE h.event_id = o.event_id AND p.status = 'failed'))
             + (SELECT count(*) FROM processed_events WHERE status = 'processing')
        """;

    private static readonly TimeSpan KafkaLimit = TimeSpan.FromSeconds(10);

    private readonly ServiceDeskSystem _system;
    private readonly TopicRecorder _events;
    private readonly TopicRecorder _deadLetters;
    private readonly IConsumer<byte[], byte[]> _group;

    public EvidenceCollector(ServiceDeskSystem system, TopicRecorder events, TopicRecorder deadLetters)
    {
        (_system, _events, _deadLetters) = (system, events, deadLetters);
        // It asks for the group's offsets without joining it.
        _group = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = system.Settings["KAFKA_BROKERS"],
            GroupId = system.Settings["KAFKA_GROUP_ID"],
            EnableAutoCommit = false,
        }).SetLogHandler((_, _) => { }).Build();
    }

    /// <returns>Whether everything came to rest in time.</returns>
    public async Task<bool> UntilQuietAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (!await IsQuietAsync())
        {
            if (deadline.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), CancellationToken.None);
        }

        return true;
    }

    public async Task<Evidence> CollectAsync(
        IEnumerable<RequestedChange> changes, ChaosSystem shaken, bool holds) => new()
        {
            Changes = [.. changes],
            Planted = [.. shaken.Planted],
            ReadLate = shaken.ReadLate.ToHashSet(),
            TicketVersions = (await _system.Database.RowsAsync(
                    row => (Id: row.GetGuid(0), Version: row.GetInt32(1)), "SELECT id, version FROM tickets"))
                .ToDictionary(t => t.Id, t => t.Version),
            Outbox = await OutboxReading.AllAsync(_system.Database),
            Topic = _events.Messages,
            Processed = await _system.Database.RowsAsync(
                row => new ProcessedRow(row.GetGuid(0), row.GetString(1)),
                "SELECT event_id, status FROM processed_events"),
            Effects = await _system.Database.RowsAsync(
                row => new Effect(row.GetGuid(0), row.GetGuid(1)),
                "SELECT event_id, ticket_id FROM notifications ORDER BY id"),
            Holds = holds,
            Held = (await _system.Database.RowsAsync(row => row.GetGuid(0), "SELECT event_id FROM held_events"))
                .ToHashSet(),
            DeadLetters = [.. _deadLetters.Messages.Select(m => new DeadLetter(m.Key, m.EventId))],
            Lags = Lags(),
        };

    public void Dispose() => _group.Dispose();

    private async Task<bool> IsQuietAsync() =>
        await _system.Database.ScalarAsync<long>(Unfinished) == 0 && Lags().All(lag => lag.Messages == 0)
        && _events.HasReadAll(_system.Events.EndsBy(_group))
        && _deadLetters.HasReadAll(_system.DeadLetters.EndsBy(_group));

    private List<PartitionLag> Lags() => _group.Committed(_system.Events.All, KafkaLimit).ConvertAll(committed =>
    {
        var ends = _group.QueryWatermarkOffsets(committed.TopicPartition, KafkaLimit);
        return new PartitionLag(committed.Partition.Value, ends.High.Value - Math.Max(0, committed.Offset.Value));
    });
}
