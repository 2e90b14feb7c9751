using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;

namespace ServiceDesk.Notifier.Consuming;

/// <summary>The notifier's own producer: dead letters only.</summary>
internal sealed class DeadLetterProducer(IProducer<byte[], byte[]> producer) : IMessageSink, IKafkaHandle
{
    public Handle Handle => producer.Handle;

    public Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellation) =>
        producer.ProduceAsync(topic, message, cancellation);
}
