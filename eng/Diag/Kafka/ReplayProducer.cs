using Confluent.Kafka;
using Diag.CommandLine;

namespace Diag.Kafka;

/// <summary>Sends dead letters to the topic of the events again: the same key, value and headers, without what was added to
/// them as dead letters.</summary>
internal sealed class ReplayProducer(DiagSettings settings) : IDisposable
{
    private const string AddedPrefix = "dlq_";

    private readonly Broker _broker = new(settings);
    private IProducer<byte[]?, byte[]>? _producer;

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

        _producer ??= _broker.Producer();
        try
        {
            await _producer.ProduceAsync(
                settings.Topic, new() { Key = letter.Raw.Key, Value = letter.Raw.Value, Headers = headers }, cancelled);
        }
        catch (ProduceException<byte[]?, byte[]> refused) when (refused.Error.IsFatal)
        {
            // This producer is dead for good; whoever repeats the replay gets a new one.
            _producer.Dispose();
            _producer = null;
            throw;
        }
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _broker.Dispose();
    }
}
