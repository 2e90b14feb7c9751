using Confluent.Kafka;

namespace ServiceDesk.ServiceDefaults.Kafka;

/// <summary>Sends one message and waits until the broker has acknowledged it.</summary>
public interface IMessageSink
{
    /// <exception cref="ProduceException{TKey,TValue}">The broker or the client refused it.</exception>
    Task<DeliveryResult<byte[], byte[]>> SendAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancellation);
}
