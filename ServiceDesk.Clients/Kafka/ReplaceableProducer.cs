using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Kafka;

/// <summary>
/// A producer that is replaced when it breaks. After a fatal error, such as a producer id unknown to the broker, an
/// idempotent producer refuses every message until its process ends; a new one works at once.
/// </summary>
public sealed partial class ReplaceableProducer(IServiceProvider services, ILogger<ReplaceableProducer> logger)
    : IMessageSink, IDisposable
{
    private readonly Lock _gate = new();
    private ProducerBuilder<byte[], byte[]>? _builder;
    private Lease? _current;

    /// <summary>Keeps the container's builder, to build each next producer from.</summary>
    public void BuildFrom(ProducerBuilder<byte[], byte[]> builder) => _builder = builder.SetErrorHandler((_, error) =>
    {
        if (error.IsFatal && Volatile.Read(ref _current) is { } current)
        {
            Replace(current, error);
        }
    });

    public async Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken)
    {
        using var producer = Rent();
        try
        {
            return await producer.Client.ProduceAsync(topic, message, cancellationToken);
        }
        catch (KafkaException failed) when (failed.Error.IsFatal || failed.Error.Code == ErrorCode.Local_Fatal)
        {
            Replace(producer, failed.Error);
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _current?.Dispose();
            _current = null;
        }
    }

    private Lease Rent()
    {
        lock (_gate)
        {
            _current ??= new Lease(_builder?.Build() ?? services.GetRequiredService<IProducer<byte[], byte[]>>());
            return _current.Enter();
        }
    }

    /// <summary>Several senders may report the same producer; the first one replaces it.</summary>
    private void Replace(Lease broken, Error error)
    {
        lock (_gate)
        {
            if (_current != broken)
            {
                return;
            }

            _current = null;
        }

        LogReplaced(error.Code, error.Reason);
        broken.Dispose();
    }

    /// <summary>Disposes the client after its last use: a native client must not be freed under a call.</summary>
    private sealed class Lease(IProducer<byte[], byte[]> client) : IDisposable
    {
        /// <summary>The owner counts as a user.</summary>
        private int _users = 1;

        public IProducer<byte[], byte[]> Client => client;

        public Lease Enter()
        {
            Interlocked.Increment(ref _users);
            return this;
        }

        public void Dispose()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                // Disposing waits for the client's own threads, and one of them may be the caller's.
                _ = Task.Run(client.Dispose);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Replacing the Kafka producer, unacknowledged messages will be sent again: {Code}, {Reason}")]
    private partial void LogReplaced(ErrorCode code, string reason);
}
