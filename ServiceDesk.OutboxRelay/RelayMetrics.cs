using System.Diagnostics.Metrics;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay;

/// <summary>The relay's series; each exists with 0 from the start, so that a rate can be taken of the first
/// event.</summary>
internal sealed class RelayMetrics
{
    private static readonly KeyValuePair<string, object?> KafkaSystem = new("messaging.system", "kafka");

    private readonly Counter<long> _published;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _dead;
    private readonly Counter<long> _lostClaims;
    private readonly Counter<long> _reaped;
    private readonly Counter<long> _deleted;
    private readonly Counter<long> _sentMessages;
    private readonly Histogram<double> _publishDuration;
    private long _lastSent;

    public RelayMetrics(IMeterFactory meters, Presence operators)
    {
        var meter = meters.Create("ServiceDesk.OutboxRelay");
        _published = meter.CreateCounter<long>("outbox.published", description: "Events the broker acknowledged.");
        _failed = meter.CreateCounter<long>(
            "outbox.failed", description: "Attempts to publish an event that did not succeed.");
        _dead = meter.CreateCounter<long>("outbox.dead", description: "Events that can never be published.");
        _lostClaims = meter.CreateCounter<long>(
            "outbox.lost.claims", description: "Events whose lease was lost before they could be marked.");
        _reaped = meter.CreateCounter<long>(
            "outbox.reaped", description: "Events whose lease ran out, put back to pending.");
        _deleted = meter.CreateCounter<long>("outbox.deleted", description: "Sent events deleted by retention.");
        _publishDuration = meter.CreateHistogram(
            "outbox.publish.duration", "s", "Claim to last delivery report of a batch.",
            advice: new InstrumentAdvice<double>
            {
                // Up to OutboxRelay:PublishTimeout, which ends every batch and can be five minutes.
                HistogramBucketBoundaries =
                    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
            });
        meter.CreateObservableGauge("outbox.pending", () => Backlog.Pending,
            description: "Events that are not sent yet, claimed ones included; estimated by their ids above 1,000.");
        meter.CreateObservableGauge("outbox.paused", () => operators.Pauses.Measure(),
            description: "Pauses of publishing that operators made: of everything, event types and tickets.");
        meter.CreateObservableGauge("outbox.held", () => Held,
            description: "Events that wait behind a failed one of their ticket (OnFailure=hold), up to 10,000.");
        meter.CreateObservableGauge("outbox.sequence.behind", () => SequenceBehind,
            description: "How many ids outbox_id_seq is behind the ids that exist; anything but 0 must be mended.");
        meter.CreateObservableGauge("outbox.last_sent_timestamp", () => Volatile.Read(ref _lastSent),
            description: "Unix time at which this relay last had an event acknowledged; 0 before the first.");
        _sentMessages = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}",
            "Messages that the broker acknowledged, by OpenTelemetry's name.");
        meter.CreateObservableGauge(
            "outbox.lag", () => Backlog.LagSeconds, "s", "Age of the oldest event that is not sent.");

        foreach (var type in EventTypes.All)
        {
            _published.Add(0, Label(type));
            _failed.Add(0, Label(type));
            _dead.Add(0, Label(type));
        }

        _sentMessages.Add(0, KafkaSystem);
        _lostClaims.Add(0);
        _reaped.Add(0);
        _deleted.Add(0);
    }

    public Backlog Backlog { get; set; }

    public long SequenceBehind { get; set; }

    public long Held { get; set; }

    public void Published(string eventType, int count)
    {
        _published.Add(count, Label(eventType));
        _sentMessages.Add(count, KafkaSystem);
    }

    public void LastSent(DateTimeOffset at) => Volatile.Write(ref _lastSent, at.ToUnixTimeSeconds());

    public void Failed(string eventType) => _failed.Add(1, Label(eventType));

    public void Dead(string eventType) => _dead.Add(1, Label(eventType));

    public void LostClaims(int count) => _lostClaims.Add(count);

    public void Reaped(int count) => _reaped.Add(count);

    public void Deleted(int count) => _deleted.Add(count);

    public void PublishDuration(TimeSpan duration) => _publishDuration.Record(duration.TotalSeconds);

    /// <summary>Whatever somebody writes into the outbox, the number of series stays the same.</summary>
    private static KeyValuePair<string, object?> Label(string eventType) =>
        new("event_type", EventTypes.All.Contains(eventType) ? eventType : "other");
}
