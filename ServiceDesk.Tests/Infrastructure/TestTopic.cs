using System.Text;
using Confluent.Kafka;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A topic of one test or test class: everything in it can be read, and anything written.</summary>
internal sealed class TestTopic(string bootstrap, string name, int partitions)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Name => name;

    public int Partitions => partitions;

    public string Bootstrap => bootstrap;

    public IEnumerable<TopicPartition> All =>
        Enumerable.Range(0, partitions).Select(partition => new TopicPartition(name, partition));

    /// <summary>All messages now in the topic, partition by partition, in offset order.</summary>
    public Task<IReadOnlyList<ConsumeResult<byte[], byte[]>>> ReadAllAsync() => Task.Run(ReadAll);

    /// <summary>Reads again until there are as many messages as wanted.</summary>
    public Task<IReadOnlyList<ConsumeResult<byte[], byte[]>>> ReadAtLeastAsync(int count) => Eventually.SeesAsync(
        $"at least {count} messages in {name}", ReadAllAsync, all => all.Count >= count);

    public async Task WriteAsync(params Message<byte[], byte[]>[] messages)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = bootstrap, Partitioner = Partitioner.Murmur2Random, LingerMs = 0 })
            .Build();
        await Task.WhenAll(messages.Select(m => producer.ProduceAsync(name, m))).WaitAsync(Limit);
    }

    /// <summary>Like <see cref="WriteAsync"/>, on a broker broken on purpose: another producer repeats what it refuses,
    /// so that a message can be there twice.</summary>
    public async Task WriteDespiteFaultsAsync(params Message<byte[], byte[]>[] messages)
    {
        using var deadline = new CancellationTokenSource(2 * Limit);
        for (var written = false; !written;)
        {
            try
            {
                await WriteAsync(messages);
                written = true;
            }
            catch (Exception refused)
                when (refused is KafkaException or TimeoutException && !deadline.IsCancellationRequested)
            {
                // The faults are over before the deadline.
            }
        }
    }

    /// <summary>Where each partition ends now.</summary>
    public long[] Ends()
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "none" })
            .SetLogHandler((_, _) => { }).Build();
        return EndsBy(reader);
    }

    /// <summary>The same, asked by a client that is there already.</summary>
    public long[] EndsBy(IConsumer<byte[], byte[]> reader) =>
        [.. All.Select(partition => reader.QueryWatermarkOffsets(partition, Limit).High.Value)];

    public static string? Header(ConsumeResult<byte[], byte[]> message, string header) =>
        message.Message.Headers.TryGetLastBytes(header, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private IReadOnlyList<ConsumeResult<byte[], byte[]>> ReadAll()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"reader-{Guid.NewGuid():N}",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 20,
        }).Build();
        consumer.Assign(All.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var messages = new List<ConsumeResult<byte[], byte[]>>();
        using var deadline = new CancellationTokenSource(Limit);
        for (var ends = 0; ends < partitions;)
        {
            var next = consumer.Consume(deadline.Token);
            if (next.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                messages.Add(next);
            }
        }

        consumer.Close();
        return [.. messages.OrderBy(m => m.Partition.Value).ThenBy(m => m.Offset.Value)];
    }
}
