using System.Diagnostics;
using Confluent.Kafka;
using ServiceDesk.Events;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Settings;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Publishes a claimed batch: all at once, in order, and waits for all delivery reports together.</summary>
internal sealed class Publisher(
    OutboxProducer producers, KafkaSettings kafka, RelaySettings settings, RelayMetrics metrics, TimeProvider time)
{
    /// <summary>Returns within <see cref="RelaySettings.PublishTimeout"/>, or sooner when <paramref name="giveUp"/> fires: what is
    /// not acknowledged by then counts as not published.</summary>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken giveUp)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(settings.PublishTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, giveUp);
        var suspects = events.Where(e => e.Attempts > 1).Select(e => e.AggregateId).ToHashSet();
        var outcome = new List<PublishedEvent>(events.Count);
        outcome.AddRange(await SendAsync([.. events.Where(e => !suspects.Contains(e.AggregateId))], end.Token));
        foreach (var ticket in events.Where(e => suspects.Contains(e.AggregateId)).GroupBy(e => e.AggregateId))
        {
            outcome.AddRange(await SendOneByOneAsync(ticket, end.Token));
        }

        metrics.PublishDuration(time.GetElapsedTime(started));
        return outcome;
    }

    /// <summary>A ticket with an event the broker refused before: alone, so that it does not take others down with it again,
    /// and in order, so that nothing of the ticket passes an event that must be tried once more.</summary>
    private async Task<List<PublishedEvent>> SendOneByOneAsync(IEnumerable<OutboxEvent> ticket, CancellationToken end)
    {
        var outcome = new List<PublishedEvent>();
        var held = false;
        foreach (var outboxEvent in ticket)
        {
            outcome.AddRange(held || end.IsCancellationRequested
                ? [new PublishedEvent(outboxEvent, PublishErrors.HeldBack)]
                : await SendAsync([outboxEvent], end));
            held |= outcome[^1].Error is { } error && !PublishErrors.IsFinal(error);
        }

        return outcome;
    }

    private async Task<IReadOnlyList<PublishedEvent>> SendAsync(List<OutboxEvent> events, CancellationToken end)
    {
        if (events.Count == 0)
        {
            return [];
        }

        using var producer = producers.Rent();
        var delivery = new BatchDelivery(events);
        try
        {
            if (ProduceAll(producer.Client, events, delivery))
            {
                await delivery.All.WaitAsync(end);
            }
        }
        catch (OperationCanceledException)
        {
            // The outcome below says which events are not acknowledged.
        }

        var outcome = delivery.Outcome();
        if (outcome.FirstOrDefault(e => e.Error is not null && !PublishErrors.IsFinal(e.Error)).Error is { } error)
        {
            producers.GiveUp(producer, error.Reason);
        }

        return outcome;
    }

    /// <returns>False when the client took only the first ones: the others must not pass the one it did not take.</returns>
    private bool ProduceAll(IProducer<byte[], byte[]> producer, List<OutboxEvent> events, BatchDelivery delivery)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var stored = OutboxHeaders.Read(events[i].Headers);
            using var activity = RelayTracing.StartPublish(events[i], stored, kafka.Topic);
            try
            {
                producer.Produce(kafka.Topic, EventMessages.Create(events[i], stored, activity), delivery.ReportOf(i));
            }
            catch (ProduceException<byte[], byte[]> refused)
            {
                activity?.SetStatus(ActivityStatusCode.Error, refused.Error.Reason);
                var error = PublishErrors.ByClient(refused.Error);
                delivery.Report(i, error);
                if (!PublishErrors.IsFinal(error))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
