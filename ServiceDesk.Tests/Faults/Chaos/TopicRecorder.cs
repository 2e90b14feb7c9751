using System.Collections.Concurrent;
using Confluent.Kafka;
using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Reads the topic while it is written, in no group: a local broker forgets old messages.</summary>
internal sealed class TopicRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<TopicMessage> _messages = new();
    private readonly long[] _next;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    public TopicRecorder(string bootstrap, TestTopic topic)
    {
        _next = new long[topic.Partitions];
        _reading = Task.Factory.StartNew(
            () => Read(bootstrap, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IReadOnlyList<TopicMessage> Messages => [.. _messages.OrderBy(m => m.Partition).ThenBy(m => m.Offset)];

    /// <summary>The offset after the last message that was read.</summary>
    public long Next(int partition) => Volatile.Read(ref _next[partition]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Read(string bootstrap, TestTopic topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"recorder-{Guid.NewGuid():N}",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            ReconnectBackoffMaxMs = 500,
        })
            // The broker is broken on purpose; what that sounds like is known.
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, topic.Partitions).Select(p => new TopicPartitionOffset(topic.Name, p, 0)));
        while (!_stop.IsCancellationRequested)
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
        if (message.Offset.Value >= _next[partition])
        {
            _messages.Enqueue(MessageReading.Of(message));
            Volatile.Write(ref _next[partition], message.Offset.Value + 1);
        }
    }
}
