using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Publishes claimed events. Each call returns within <see cref="RelaySettings.PublishTimeout"/>, or sooner
/// when it is told to give up: what is not acknowledged by then counts as not published.</summary>
internal sealed class Publisher(
    OutboxProducer producers, KafkaSettings kafka, RelaySettings settings, RelayMetrics metrics, TimeProvider time)
{
    /// <summary>Publishes all at once, in order, and waits for all delivery reports together.</summary>
    public async Task<IReadOnlyList<Delivery>> PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken giveUp)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(settings.PublishTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, giveUp);
        using var producer = producers.Rent();
        var deliveries = await SendAsync(producer, events, end.Token);
        if (WhyProducerEnds(deliveries) is { } reason)
        {
            producers.GiveUp(producer, reason);
        }

        metrics.PublishDuration(time.GetElapsedTime(started));
        return deliveries;
    }

    /// <summary>Publishes events of tickets with an event the broker refused before. One at a time, by a producer of
    /// their own, so that another refusal harms nothing else; and in order, so that nothing passes an event that must
    /// be tried again (P3).</summary>
    public async Task<IReadOnlyList<Delivery>> PublishOneByOneAsync(
        IReadOnlyList<OutboxEvent> events, CancellationToken giveUp)
    {
        using var limit = new CancellationTokenSource(settings.PublishTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, giveUp);
        var deliveries = new List<Delivery>(events.Count);
        var producer = producers.Separate();
        try
        {
            foreach (var ticket in events.GroupBy(e => e.AggregateId))
            {
                var isHeld = false;
                foreach (var outboxEvent in ticket)
                {
                    if (isHeld || end.IsCancellationRequested)
                    {
                        deliveries.Add(new Delivery(
                            outboxEvent, DeliveryOutcome.HeldBack, "held back behind an earlier event of its ticket"));
                        continue;
                    }

                    var delivery = (await SendAsync(producer, [outboxEvent], end.Token))[0];
                    deliveries.Add(delivery);
                    isHeld = settings.Holds && delivery.Outcome == DeliveryOutcome.RefusedForGood;
                    if (WhyProducerEnds([delivery]) is not null)
                    {
                        isHeld = true;
                        producer.Dispose();
                        producer = producers.Separate();
                    }
                }
            }
        }
        finally
        {
            producer.Dispose();
        }

        return deliveries;
    }

    /// <summary>A producer that left an event behind must not be used again: a retry of its own could still bring that
    /// event to the topic, after later ones (P3).</summary>
    private static string? WhyProducerEnds(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            if (delivery.Outcome is not (DeliveryOutcome.Acknowledged or DeliveryOutcome.RefusedForGood))
            {
                return delivery.Reason;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<Delivery>> SendAsync(
        SharedProducer producer, IReadOnlyList<OutboxEvent> events, CancellationToken end)
    {
        var reports = new BatchReports(events, producer);
        try
        {
            Produce(producer.Client, events, reports);
            await reports.All.WaitAsync(end);
        }
        catch (OperationCanceledException)
        {
            // Close says which events are not acknowledged.
        }

        return reports.Close();
    }

    /// <summary>Ends with the first event that the producer does not take: later ones must not pass it (P3). One that
    /// it refuses for good lets them, or holds those of its ticket.</summary>
    private void Produce(IProducer<byte[], byte[]> producer, IReadOnlyList<OutboxEvent> events, BatchReports reports)
    {
        HashSet<Guid>? held = null;
        for (var i = 0; i < events.Count; i++)
        {
            if (held?.Contains(events[i].AggregateId) is true)
            {
                reports.HeldBack(i);
                continue;
            }

            var stored = OutboxHeaders.Read(events[i].Headers);
            var span = PublishSpans.Start(events[i], stored, kafka.Topic);
            var handler = reports.HandlerOf(i, span);
            try
            {
                producer.Produce(
                    kafka.Topic, EventMessages.Create(events[i], stored, span, settings.IsStructured), handler);
            }
            catch (KafkaException failure)
            {
                var outcome = Delivery.OutcomeOfProduce(failure.Error);
                reports.NotTaken(i, outcome, failure.Error);
                if (outcome != DeliveryOutcome.RefusedForGood)
                {
                    for (var later = i + 1; later < events.Count; later++)
                    {
                        reports.NotTaken(later, outcome, failure.Error);
                    }

                    return;
                }

                if (settings.Holds)
                {
                    (held ??= []).Add(events[i].AggregateId);
                }
            }
        }
    }
}
