using System.Collections.Concurrent;
using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Reads a topic while it is written, without a group: LocalKafka keeps at most 5 MiB of a partition, which a
/// few big messages fill.</summary>
internal sealed class TopicRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<TopicMessage> _messages = new();
    private readonly long[] _next;
    private readonly long[] _before;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private volatile bool _isMadeAnew;

    public TopicRecorder(TestTopic topic)
    {
        (_next, _before) = (new long[topic.Partitions], new long[topic.Partitions]);
        _reading = Task.Factory.StartNew(
            () => Read(topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IReadOnlyList<TopicMessage> Messages => [.. _messages.OrderBy(m => m.Partition).ThenBy(m => m.Offset)];

    /// <summary>Whether everything was read that is before these offsets, one of each partition.</summary>
    public bool HasReadAll(IReadOnlyList<long> ends) => !_isMadeAnew
        && ends.Index().All(end => Volatile.Read(ref _next[end.Index]) - _before[end.Index] == end.Item);

    /// <summary>The topic was made anew, and is empty: its messages follow those that were in the one before.</summary>
    public void BeginAnew() => _isMadeAnew = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Read(TestTopic topic)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_isMadeAnew)
            {
                _next.CopyTo(_before, 0);
                _isMadeAnew = false;
            }

            ReadOne(topic);
        }
    }

    /// <summary>Until the topic is made anew.</summary>
    private void ReadOne(TestTopic topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = topic.Bootstrap,
            GroupId = $"recorder-{Guid.NewGuid():N}",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            ReconnectBackoffMaxMs = 500,
        })
            // The broker is broken on purpose; what that sounds like is known.
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(topic.All.Select(partition => new TopicPartitionOffset(partition, 0)));
        while (!_stop.IsCancellationRequested && !_isMadeAnew)
        {
            try
            {
                if (consumer.Consume(Poll) is { } message)
                {
                    Add(message);
                }
            }
            catch (ConsumeException)
            {
                // It goes on by itself when the broker is back.
            }
        }
    }

    private void Add(ConsumeResult<byte[], byte[]> message)
    {
        // After an error the client may begin anew with what is recorded already.
        var partition = message.Partition.Value;
        var offset = _before[partition] + message.Offset.Value;
        if (offset >= _next[partition] && !_isMadeAnew)
        {
            _messages.Enqueue(MessageReading.Of(message) with { Offset = offset });
            Volatile.Write(ref _next[partition], offset + 1);
        }
    }
}
