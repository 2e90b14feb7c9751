using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;

namespace ServiceDesk.OutboxRelay.Publishing;

/// <summary>
/// The producer, replaceable. What one producer has put into a partition is always a prefix of what it was given, in order:
/// idempotence sees to that, and <c>enable.gapless.guarantee</c> stops it at the first request the broker refuses. So when
/// anything stays unacknowledged, the producer is given up as a whole and the unacknowledged events are published again
/// by a new one: an event can be doubled by that, but never overtaken by a later one of its ticket.
/// </summary>
internal sealed partial class OutboxProducer(IServiceProvider services, ILogger<OutboxProducer> logger) : IMessageSink, IDisposable
{
    private readonly Lock _gate = new();
    private ProducerBuilder<byte[], byte[]>? _builder;
    private SharedProducer? _current;

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

    /// <summary>Keeps the builder the container made, to build the next producer from.</summary>
    public void BuildFrom(ProducerBuilder<byte[], byte[]> builder) => _builder = builder
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler((_, error) =>
        {
            if (error.IsFatal && Volatile.Read(ref _current) is { } current)
            {
                GiveUp(current, error.Reason);
            }
        });

    /// <summary>The producer of the moment; dispose what is returned when its reports are in.</summary>
    public SharedProducer Rent()
    {
        lock (_gate)
        {
            _current ??= new SharedProducer(_builder?.Build() ?? services.GetRequiredService<IProducer<byte[], byte[]>>());
            _current.Enter();
            return _current;
        }
    }

    /// <summary>Gives up a producer; the next use gets a new one. Several batches may report the same one.</summary>
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

        LogReplaced(reason);
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

    /// <summary>Passes on what the client library says, but for its warning at each start that what we set is experimental.</summary>
    private void Log(LogMessage message)
    {
        if (message.Facility != "CONFWARN" || !message.Message.Contains("enable.gapless.guarantee", StringComparison.Ordinal))
        {
            var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
            LogClient(level, message.Message);
        }
    }

    [LoggerMessage("Kafka client: {Message}")]
    private partial void LogClient(LogLevel level, string message);

    [LoggerMessage(LogLevel.Warning, "Replacing the Kafka producer, unacknowledged events will be published again: {Reason}")]
    private partial void LogReplaced(string reason);
}
