using Confluent.Kafka;
using ServiceDesk.ServiceDefaults.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>
/// The producer, replaceable. What one producer has put into a partition is always a prefix of what it was given, in order:
/// idempotence sees to that, and <c>enable.gapless.guarantee</c> stops it at the first request the broker refuses. So when
/// anything stays unacknowledged, the producer is given up as a whole and the unacknowledged events are published again
/// by a new one: an event can be doubled by that, but never overtaken by a later one of its ticket.
/// </summary>
internal sealed partial class OutboxProducer(IServiceProvider services, ILogger<OutboxProducer> logger)
    : IKafkaHandle, IMessageSink, IDisposable
{
    private readonly Lock _gate = new();
    private ProducerBuilder<byte[], byte[]>? _builder;
    private IProducer<byte[], byte[]>? _current;

    public Handle Handle => Current.Handle;

    public IProducer<byte[], byte[]> Current
    {
        get
        {
            lock (_gate)
            {
                // The first one comes from the container, which hands over the builder on the way.
                return _current ??= _builder?.Build() ?? services.GetRequiredService<IProducer<byte[], byte[]>>();
            }
        }
    }

    /// <summary>Settings that the promises rest on; they are not for configuration to change.</summary>
    public static void Configure(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.EnableGaplessGuarantee = true;
        // A single message must not time out on its own and let the next one pass: PublishTimeout gives up all of them.
        config.MessageTimeoutMs = (int)TimeSpan.FromHours(1).TotalMilliseconds;
        config.Partitioner = Partitioner.Murmur2Random;
        config.LingerMs = 0;
        config.QueueBufferingMaxMessages = 200_000;
        config.QueueBufferingMaxKbytes = 256 * 1024;
    }

    public void BuildFrom(ProducerBuilder<byte[], byte[]> builder) => _builder = builder.SetErrorHandler((_, error) =>
    {
        if (error.IsFatal && Volatile.Read(ref _current) is { } current)
        {
            GiveUp(current, error.Reason);
        }
    });

    /// <summary>Gives up a producer; the next use gets a new one. Several batches may report the same one.</summary>
    public void GiveUp(IProducer<byte[], byte[]> producer, string reason)
    {
        if (Interlocked.CompareExchange(ref _current, null, producer) != producer)
        {
            return;
        }

        LogReplaced(reason);
        // Its clean-up waits for its threads, and one of them may be the caller's.
        _ = Task.Run(producer.Dispose);
    }

    public Task<DeliveryResult<byte[], byte[]>> SendAsync(
        string topic, Message<byte[], byte[]> message, CancellationToken cancellation) =>
        Current.ProduceAsync(topic, message, cancellation);

    public void Dispose()
    {
        lock (_gate)
        {
            _current?.Dispose();
            _current = null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Replacing the Kafka producer, unacknowledged events will be published again: {Reason}")]
    private partial void LogReplaced(string reason);
}
