using System.Diagnostics;
using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Collects the delivery reports of the events that were handed to one producer together.</summary>
internal sealed class BatchReports
{
    private readonly Delivery[] _deliveries;
    private readonly Activity?[] _spans;
    private readonly SharedProducer _producer;
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _open;
    private bool _isClosed;

    public BatchReports(IReadOnlyList<OutboxEvent> events, SharedProducer producer)
    {
        _deliveries = [.. events.Select(e => new Delivery(e, DeliveryOutcome.Unavailable, "not acknowledged in time"))];
        _spans = new Activity?[events.Count];
        _producer = producer;
        _open = events.Count;
    }

    /// <summary>Completes with the last report.</summary>
    public Task All => _all.Task;

    /// <summary>The handler for the report of one event; its span ends with the report.</summary>
    public Action<DeliveryReport<byte[], byte[]>> HandlerOf(int index, Activity? span)
    {
        _spans[index] = span;
        return report => Report(index, report);
    }

    /// <summary>Settles an event that the producer never took.</summary>
    public void NotTaken(int index, DeliveryOutcome outcome, Error error) =>
        Report(index, outcome, $"{error.Code}: {error.Reason}", error.Code.ToString());

    /// <summary>Settles an event that waits behind one of its ticket.</summary>
    public void HeldBack(int index) =>
        Report(index, DeliveryOutcome.HeldBack, "held back behind a failed event of its ticket", "held_back");

    /// <summary>What is known now. A report that comes later is ignored: its event will be published again (P2). A
    /// producer without gaps stops at the first refused request and drops what else it holds: that is no
    /// outage.</summary>
    public IReadOnlyList<Delivery> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            for (var i = 0; i < _spans.Length; i++)
            {
                PublishSpans.End(_spans[i], _deliveries[i], "timeout");
                if (_producer.HasRefused && _deliveries[i].Outcome == DeliveryOutcome.Unavailable)
                {
                    _deliveries[i] = _deliveries[i] with { Outcome = DeliveryOutcome.HeldBack };
                }
            }

            return _deliveries;
        }
    }

    private void Report(int index, DeliveryReport<byte[], byte[]> report)
    {
        if (!report.Error.IsError && report.Status == PersistenceStatus.Persisted)
        {
            PublishSpans.Acknowledged(_spans[index], report.TopicPartitionOffset);
            Report(index, DeliveryOutcome.Acknowledged, "", "");
            return;
        }

        if (!report.Error.IsError)
        {
            Report(index, DeliveryOutcome.Unavailable, "not known to be persisted", "possibly_persisted");
            return;
        }

        var outcome = Delivery.OutcomeOf(report.Error);
        if (outcome == DeliveryOutcome.Refused)
        {
            _producer.HasRefused = true;
        }

        Report(index, outcome, $"{report.Error.Code}: {report.Error.Reason}", report.Error.Code.ToString());
    }

    private void Report(int index, DeliveryOutcome outcome, string reason, string errorType)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _deliveries[index] = _deliveries[index] with { Outcome = outcome, Reason = reason };
            PublishSpans.End(_spans[index], _deliveries[index], errorType);
            _spans[index] = null;
            if (--_open == 0)
            {
                _all.TrySetResult();
            }
        }
    }
}
