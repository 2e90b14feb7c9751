using Confluent.Kafka;
using Diag.CommandLine;

namespace Diag.Kafka;

/// <summary>Sends dead letters to the topic of the events again: the same key, value and headers, without what was added to
/// them as dead letters.</summary>
internal sealed class ReplayProducer(DiagSettings settings) : IDisposable
{
    private const string AddedPrefix = "dlq_";

    private readonly IProducer<byte[]?, byte[]> _producer = EventProducer.Build(settings);

    /// <exception cref="KafkaException">The broker did not acknowledge it.</exception>
    public Task SendAsync(Message letter, CancellationToken cancelled)
    {
        var headers = new Headers();
        foreach (var header in letter.Raw.Headers ?? [])
        {
            if (!header.Key.StartsWith(AddedPrefix, StringComparison.Ordinal))
            {
                headers.Add(header.Key, header.GetValueBytes());
            }
        }

        return _producer.ProduceAsync(
            settings.Topic, new() { Key = letter.Raw.Key, Value = letter.Raw.Value, Headers = headers }, cancelled);
    }

    public void Dispose() => _producer.Dispose();
}
