using Confluent.Kafka;
using ServiceDesk.OutboxRelay.Outbox;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>What became of one event of a batch.</summary>
/// <param name="Event">The event.</param>
/// <param name="Error">Null when the broker acknowledged it as persisted.</param>
internal readonly record struct PublishedEvent(OutboxEvent Event, Error? Error);
