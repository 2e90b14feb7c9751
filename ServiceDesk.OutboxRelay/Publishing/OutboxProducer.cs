using Confluent.Kafka;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>
/// The producer, replaceable. What one producer has put into a partition is always a prefix of what it was given, in
/// order: that is what idempotence is for, and <c>enable.gapless.guarantee</c> stops it at the first request the broker
/// refuses. When anything stays unacknowledged, the producer is given up as a whole and a new one publishes the rest:
/// an event may be doubled by that, but never overtaken by a later one of its ticket (P3).
/// </summary>
internal sealed partial class OutboxProducer(
    IServiceProvider services, KafkaClientLog log, TimeProvider time, ILogger<OutboxProducer> logger)
    : IMessageSink, IDisposable
{
    private readonly Lock _gate = new();
    private readonly LogPace _pace = new(time);
    private ProducerBuilder<byte[], byte[]>? _builder;
    private SharedProducer? _current;

    /// <summary>Settings that the promises rest on; they are not for configuration to change.</summary>
    public static void Configure(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.EnableGaplessGuarantee = true;
        // No message times out on its own and lets the next one pass (P3): PublishTimeout gives up all of them
        // together.
        config.MessageTimeoutMs = (int)TimeSpan.FromHours(1).TotalMilliseconds;
        config.Partitioner = Partitioner.Murmur2Random;
        config.LingerMs = 0;
        // Nobody reads the message in a report; by default each one brings back a copy of all its headers.
        config.DeliveryReportFields = "status";
        config.QueueBufferingMaxMessages = 200_000;
        config.QueueBufferingMaxKbytes = 256 * 1024;
    }

    /// <summary>Keeps the builder the container made, to build the next producer from.</summary>
    public void BuildFrom(ProducerBuilder<byte[], byte[]> builder) => _builder = builder
        .SetLogHandler((_, message) => log.Write(message))
        .SetErrorHandler((client, error) =>
        {
            if (error.IsFatal && Volatile.Read(ref _current) is { } current && ReferenceEquals(current.Client, client))
            {
                GiveUp(current, error.Reason);
            }
        });

    /// <summary>The current producer, shared; the caller disposes it once its reports are in.</summary>
    public SharedProducer Rent()
    {
        lock (_gate)
        {
            _current ??= new SharedProducer(
                _builder?.Build() ?? services.GetRequiredService<IProducer<byte[], byte[]>>());
            _current.Enter();
            return _current;
        }
    }

    /// <summary>A producer that nobody shares.</summary>
    public SharedProducer Separate()
    {
        // The container makes the builder together with the first producer.
        Rent().Dispose();
        return new SharedProducer(_builder!.Build());
    }

    /// <summary>Gives up a producer; the next use gets a new one. Several batches may give up the same one.</summary>
    public void GiveUp(SharedProducer producer, string reason)
    {
        lock (_gate)
        {
            if (_current != producer)
            {
                return;
            }

            _current = null;
        }

        if (_pace.Next(reason) is { } said)
        {
            LogReplaced(said);
        }

        producer.Retire();
    }

    public async Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellation)
    {
        using var producer = Rent();
        return await producer.Client.ProduceAsync(topic, message, cancellation);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _current?.Retire();
            _current = null;
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Kafka producer replaced; its unacknowledged events are published again: {Reason}")]
    private partial void LogReplaced(string reason);
}

/// <summary>A producer that several batches use at once. The last user disposes it once it is retired: the native
/// client must not be freed under a call.</summary>
internal sealed class SharedProducer(IProducer<byte[], byte[]> client) : IDisposable
{
    /// <summary>The owner counts as a user until it retires the producer.</summary>
    private int _users = 1;

    public IProducer<byte[], byte[]> Client => client;

    /// <summary>Whether the broker refused a request of this producer: what else it held was dropped because of
    /// that.</summary>
    public bool HasRefused { get; set; }

    public void Enter() => Interlocked.Increment(ref _users);

    public void Retire() => Dispose();

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            // Disposing waits for the client's threads, and one of them may be the caller's.
            _ = Task.Run(client.Dispose);
        }
    }
}
