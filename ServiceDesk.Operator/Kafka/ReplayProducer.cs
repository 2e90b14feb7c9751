using Confluent.Kafka;
using ServiceDesk.Operator.CommandLine;

namespace ServiceDesk.Operator.Kafka;

/// <summary>Sends dead letters to the events' topic again: the same key, value and headers, without the dead
/// letter's additions.</summary>
internal sealed class ReplayProducer : IDisposable
{
    private const string AddedPrefix = "dlq_";

    private readonly string _topic;
    private readonly Broker _broker;
    private readonly Lazy<IProducer<byte[]?, byte[]>> _producer;

    public ReplayProducer(DiagSettings settings)
    {
        (_topic, _broker) = (settings.Topic, new Broker(settings));
        // A dry run needs none.
        _producer = new(_broker.Producer);
    }

    /// <exception cref="KafkaException">The broker did not acknowledge it.</exception>
    public async Task SendAsync(Message letter, CancellationToken cancelled)
    {
        var headers = new Headers();
        foreach (var header in letter.Raw.Headers ?? [])
        {
            if (!header.Key.StartsWith(AddedPrefix, StringComparison.Ordinal))
            {
                headers.Add(header.Key, header.GetValueBytes());
            }
        }

        // A fatal error ends the command, and the producer with it: the next run has a new one.
        await _producer.Value.ProduceAsync(
            _topic, new() { Key = letter.Raw.Key, Value = letter.Raw.Value, Headers = headers }, cancelled);
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }

        _broker.Dispose();
    }
}
