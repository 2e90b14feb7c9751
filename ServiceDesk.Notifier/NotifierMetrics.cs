using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Events;

namespace ServiceDesk.Notifier;

/// <summary>The notifier's series; each exists with 0 from the start.</summary>
internal sealed class NotifierMetrics
{
    /// <summary>Label of events whose type cannot be told; foreign text never becomes a label.</summary>
    private const string UnknownType = "unknown";

    private static readonly KeyValuePair<string, object?> KafkaSystem = new("messaging.system", "kafka");

    private readonly Counter<long> _processed;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _fetched;
    private readonly Counter<long> _committed;
    private readonly Counter<long> _deleted;
    private readonly Counter<long> _consumedMessages;
    private readonly Histogram<double> _endToEnd;
    private readonly ConcurrentDictionary<int, long> _lag = new();
    private long _lastProcessed;
    private int _retrying;

    public long Held { get; set; }

    public NotifierMetrics(IMeterFactory meters, Presence? operators = null)
    {
        var meter = meters.Create("ServiceDesk.Notifier");
        _processed = meter.CreateCounter<long>(
            "notify.processed", description: "Events by outcome: ok, duplicate or dead.");
        _errors = meter.CreateCounter<long>("notify.errors", description: "Attempts that failed, by reason.");
        _fetched = meter.CreateCounter<long>("notify.fetched", description: "Messages read from Kafka.");
        _committed = meter.CreateCounter<long>("notify.committed", description: "Messages whose offset is committed.");
        _deleted = meter.CreateCounter<long>(
            "notify.deleted", description: "Processed event ids deleted by retention.");
        _endToEnd = meter.CreateHistogram("notify.end_to_end", "s", "Outbox created_at to processed.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [
                        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
                    ],
            });
        meter.CreateObservableGauge(
            "notify.lag", Lags, description: "Messages of a partition that are not processed yet.");
        meter.CreateObservableGauge("notify.retrying", () => Volatile.Read(ref _retrying),
            description: "Partitions that are paused while their failed messages are tried again.");
        meter.CreateObservableGauge("notify.paused", () => (operators?.Pauses ?? ActivePauses.None).Measure(),
            description: "Pauses of processing that operators made: of everything, event types and tickets.");
        meter.CreateObservableGauge("notify.held", () => Held,
            description: "Events that are held: paused, or behind a failed one (OnFailure=hold), up to 10,000.");
        meter.CreateObservableGauge("notify.last_processed_unix", () => Volatile.Read(ref _lastProcessed),
            description: "Unix time of this notifier's last effect or skipped duplicate; 0 before the first.");
        _consumedMessages = meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}",
            "Messages read from Kafka, by OpenTelemetry's name.");

        foreach (var type in EventTypes.All.Append(UnknownType))
        {
            foreach (var outcome in new[] { "ok", "duplicate", "dead" })
            {
                _processed.Add(0, Type(type), new("status", outcome));
            }

            foreach (var reason in FailureReason.All)
            {
                _errors.Add(0, Type(type), new("reason", reason));
            }
        }

        Fetched(0);
        _committed.Add(0);
        _deleted.Add(0);
    }

    public void Ok(string eventType, TimeSpan endToEnd)
    {
        _processed.Add(1, Type(eventType), new("status", "ok"));
        _endToEnd.Record(Math.Max(0, endToEnd.TotalSeconds));
    }

    public void Duplicate(string eventType) => _processed.Add(1, Type(eventType), new("status", "duplicate"));

    public void Dead(string? eventType) => _processed.Add(1, Type(eventType), new("status", "dead"));

    public void Error(string? eventType, string reason) => _errors.Add(1, Type(eventType), new("reason", reason));

    public void Fetched(int count)
    {
        _fetched.Add(count);
        _consumedMessages.Add(count, KafkaSystem);
    }

    public void Committed(int count) => _committed.Add(count);

    public void Deleted(int count) => _deleted.Add(count);

    public void Lag(int partition, long messages) => _lag[partition] = messages;

    public void NoLag(int partition) => _lag.TryRemove(partition, out _);

    public void Retrying(int partitions) => Volatile.Write(ref _retrying, partitions);

    public void LastProcessed(DateTimeOffset at) => Volatile.Write(ref _lastProcessed, at.ToUnixTimeSeconds());

    private IEnumerable<Measurement<long>> Lags() =>
        _lag.Select(p => new Measurement<long>(p.Value, new KeyValuePair<string, object?>("partition", p.Key)));

    private static KeyValuePair<string, object?> Type(string? eventType) =>
        new("event_type", EventTypes.All.Contains(eventType) ? eventType : UnknownType);
}
