using System.Text;
using Confluent.Kafka;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Unit;

/// <summary>Some form of every message's dead letter fits into the topic, and says what is cut.</summary>
public sealed class DeadLetterTests
{
    private const int Limit = 8_000;

    public static TheoryData<string> Parts => ["nothing", "value", "key", "header", "header name", "headers", "all"];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task A_letter_is_cut_until_it_is_taken_and_says_what_was_cut(string huge)
    {
        var topic = new Topic { Takes = letter => Size(letter) <= Limit ? null : ErrorCode.MsgSizeTooLarge };

        Assert.Equal([null], await topic.Letters.SendAsync([Letter(Message(huge))], default));

        var taken = Assert.Single(topic.Taken);
        var cut = taken.Headers.Where(h => h.Key.StartsWith("dlq_cut_", StringComparison.Ordinal))
            .Select(h => h.Key["dlq_cut_".Length..]);
        Assert.Equal(
            huge switch
            {
                "nothing" => [],
                "value" => ["value"],
                "key" => ["headers", "key"],
                "all" => ["headers", "key", "value"],
                _ => ["headers"],
            },
            cut.Order());
        Assert.Equal(
            "topic 3 7",
            $"{Header(taken, "dlq_topic")} {Header(taken, "dlq_partition")} {Header(taken, "dlq_offset")}");
        Assert.Equal("unreadable", Header(taken, "dlq_code"));
        if (huge == "value")
        {
            Assert.Equal("4096 of 100000 bytes, sha256 "
                + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new byte[100_000])),
                Header(taken, "dlq_cut_value"));
            Assert.Equal(4096, taken.Value.Length);
            Assert.Equal("kept", Header(taken, "first"));
        }
    }

    [Fact]
    public async Task A_message_without_a_key_gets_one_where_the_topic_takes_none_without()
    {
        var topic = new Topic { Takes = letter => letter.Key is null ? ErrorCode.InvalidRecord : null };

        Assert.Equal([null, null], await topic.Letters.SendAsync(
            [Letter(new() { Value = [1] }), Letter(new() { Key = [2], Value = [2] })], default));

        Assert.Equal(["\u0002", "topic/3/7"], topic.Taken.Select(m => Encoding.UTF8.GetString(m.Key)));
        Assert.Equal([1], topic.Taken[1].Value);
    }

    [Fact]
    public async Task A_letter_that_is_not_taken_does_not_take_back_the_others()
    {
        var topic = new Topic { Takes = letter => letter.Value is [1] ? ErrorCode.TopicAuthorizationFailed : null };

        var outcomes = await topic.Letters.SendAsync(
            [Letter(new() { Value = [0] }), Letter(new() { Value = [1] }), Letter(new() { Value = [2] })], default);

        Assert.Equal([null, ErrorCode.TopicAuthorizationFailed, null], outcomes.Select(o => o?.Code));
        Assert.Equal(2, topic.Taken.Count);
    }

    private static Message<byte[], byte[]> Message(string huge)
    {
        var many = new byte[100_000];
        var headers = new Headers { { "first", "kept"u8.ToArray() } };
        if (huge is "header" or "all")
        {
            headers.Add("huge", many);
        }

        if (huge is "header name")
        {
            headers.Add(new string('h', 100_000), null);
        }

        if (huge is "headers" or "all")
        {
            Enumerable.Range(0, 5000).ToList().ForEach(i => headers.Add($"h{i}", []));
        }

        return new()
        {
            Key = huge is "key" or "all" ? many : [1],
            Value = huge is "value" or "all" ? many : [2],
            Headers = headers,
        };
    }

    private static int Size(Message<byte[], byte[]> message) =>
        (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0)
            + message.Headers.Sum(h => h.Key.Length + (h.GetValueBytes()?.Length ?? 0) + 2);

    private static DeadLetter Letter(Message<byte[], byte[]> message) =>
        new(message, DeadLetterCode.Unreadable, "because", new DeadLetterOrigin("topic", 3, 7, 1));

    private static string? Header(Message<byte[], byte[]> message, string name) =>
        message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>A dead-letter topic with a rule of its own.</summary>
    private sealed class Topic : IMessageSink
    {
        public required Func<Message<byte[], byte[]>, ErrorCode?> Takes { get; init; }

        public List<Message<byte[], byte[]>> Taken { get; } = [];

        public DeadLetters Letters => new(this, new KafkaSettings());

        public Task<DeliveryResult<byte[], byte[]>> SendAsync(
            string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken)
        {
            var result = new DeliveryResult<byte[], byte[]>
            {
                Topic = topic,
                Message = message,
                Status = PersistenceStatus.Persisted,
            };
            if (Takes(message) is { } refused)
            {
                throw new ProduceException<byte[], byte[]>(new Error(refused), result);
            }

            Taken.Add(message);
            return Task.FromResult(result);
        }
    }
}
