using Confluent.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>A producer that several batches use at once. It is disposed when it is retired and nobody uses it any more: the
/// native client must not be freed under a call.</summary>
internal sealed class SharedProducer(IProducer<byte[], byte[]> client) : IDisposable
{
    /// <summary>The owner counts as a user until it retires the producer.</summary>
    private int _users = 1;

    public IProducer<byte[], byte[]> Client => client;

    public void Enter() => Interlocked.Increment(ref _users);

    public void Retire() => Dispose();

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            // It waits for the client's threads, and one of them may be the caller's.
            _ = Task.Run(client.Dispose);
        }
    }
}
