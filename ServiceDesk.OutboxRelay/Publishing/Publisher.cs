using System.Diagnostics;
using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.ServiceDefaults.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>Publishes a claimed batch: all at once, in order, and waits for all delivery reports together.</summary>
internal sealed class Publisher(
    OutboxProducer producers, KafkaSettings kafka, RelaySettings settings, RelayMetrics metrics, TimeProvider time)
{
    /// <summary>Returns within <see cref="RelaySettings.PublishTimeout"/>, or sooner when <paramref name="giveUp"/> fires.</summary>
    public async Task<IReadOnlyList<PublishedEvent>> PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken giveUp)
    {
        var started = time.GetTimestamp();
        // An event the broker refused before is sent alone, so that it does not take others down with it again.
        var together = events.Where(e => e.Attempts == 1).ToList();
        var outcome = new List<PublishedEvent>(events.Count);
        outcome.AddRange(await SendAsync(together, giveUp));
        foreach (var suspect in events.Where(e => e.Attempts > 1))
        {
            outcome.AddRange(await SendAsync([suspect], giveUp));
        }

        metrics.PublishDuration(time.GetElapsedTime(started));
        return outcome;
    }

    private async Task<IReadOnlyList<PublishedEvent>> SendAsync(List<OutboxEvent> events, CancellationToken giveUp)
    {
        if (events.Count == 0)
        {
            return [];
        }

        using var producer = producers.Rent();
        var delivery = new BatchDelivery(events);
        for (var i = 0; i < events.Count; i++)
        {
            using var activity = RelayTracing.StartPublish(events[i], kafka.Topic);
            try
            {
                producer.Client.Produce(kafka.Topic, EventMessages.For(events[i], activity), delivery.ReportOf(i));
            }
            catch (ProduceException<byte[], byte[]> refused)
            {
                activity?.SetStatus(ActivityStatusCode.Error, refused.Error.Reason);
                delivery.Report(i, refused.Error);
            }
        }

        try
        {
            await delivery.All.WaitAsync(settings.PublishTimeout, time, giveUp);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
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
}
