using System.Text;
using Confluent.Kafka;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.BadInput;

/// <summary>Bad messages in a real notifier's topic: each becomes a dead letter, and none stops the events.</summary>
public sealed class MessageCorpusTests(FaultServersFixture servers) : IClassFixture<FaultServersFixture>
{
    private static readonly string Sound =
        """
        {"event_id":"ID","event_type":"ticket.created","occurred_at":"2026-01-01T00:00:00Z","aggregate":"ticket",
        "aggregate_id":"0198c0de-0000-7000-8000-000000000002","payload":{"title":"abc"}}
        """.ReplaceLineEndings("");

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly byte[]?[] Corpus =
    [
        null, [], [0], [0xFF, 0xFE, 0xFD], new byte[100_000], .. new[]
        {
            "null", "[]", "\"\"", "1", "{}", "{", "}", "\uFEFF{}", new string('[', 50_000),
            $"\"{new string('x', 500_000)}\"",
            With("\"ID\"", "\"ID"), With("\"ID\"", "7"), With("\"ID\"", "null"), With("\"ID\"", "\"no uuid\""),
            With("\"ID\"", "\"00000000-0000-0000-0000-000000000000\""),
            With("\"2026-01-01T00:00:00Z\"", "\"yesterday\""),
            With("\"2026-01-01T00:00:00Z\"", "-1"), With("\"ticket.created\"", "\"ticket.deleted\""),
            With("\"ticket.created\"", "null"),
            With("\"ticket\"", "null"), With("\"ticket\"", "\"\""), With("\"ticket\"", $"\"{new string('t', 1000)}\""),
            With("\"ticket\"", "\"\\u0000\""), With("\"0198c0de-0000-7000-8000-000000000002\"", "{}"),
            With("{\"title\":\"abc\"}", "null"), With("{\"title\":\"abc\"}", "[]"), With("{\"title\":\"abc\"}", "{}"),
            With("{\"title\":\"abc\"}", "{\"title\":7}"), With("\"abc\"", "\"\\ud800\""),
            With("\"abc\"", $"\"{new string('x', 100_000)}\""),
            With("\"abc\"", new string('[', 100) + new string(']', 100)),
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public async Task Bad_messages_end_as_dead_letters_and_stop_nothing()
    {
        await using var system = await ServiceDeskSystem.CreateAsync(servers.Servers, partitions: 2);
        system.Settings["NOTIFY_MAX_ATTEMPTS"] = "2";
        var notifier = await system.StartNotifierAsync();
        var sound = Corpus.Select(_ => (Id: Guid.NewGuid(), Ticket: Guid.NewGuid())).ToList();

        for (var i = 0; i < Corpus.Length; i++)
        {
            var value = Corpus[i] is { } bytes
                ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("ID", Guid.NewGuid().ToString()))
                : null;
            // The raw bytes where they are no text.
            await system.Events.WriteAsync(
                new Message<byte[], byte[]>
                {
                    Key = Key(i),
                    Value = Corpus[i]?.Contains((byte)0xFF) == true ? Corpus[i]! : value!,
                    Headers = Headers(i),
                },
                SeededTopic.Event(sound[i].Id, sound[i].Ticket));
        }

        await Eventually.SeesAsync(
            "every sound event has its effect", () => SeededTopic.EffectsAsync(system.Database),
            count => count >= sound.Count, Limit);
        var letters = await Eventually.SeesAsync(
            "every bad message is a dead letter",
            async () => (await system.DeadLetters.ReadAllAsync()).Select(m =>
                m.Message.Key is { } key ? Encoding.UTF8.GetString(key) : "none").Distinct().Order().ToList(),
            keys => keys.Count >= Corpus.Length, Limit);
        Assert.Equal(Enumerable.Range(0, Corpus.Length).Select(i => Encoding.UTF8.GetString(Key(i))).Order(), letters);
        Assert.Equal(sound.Count, await SeededTopic.EffectsAsync(system.Database));
        Assert.False(notifier.Exited.IsCompleted);
    }

    private static byte[] Key(int index) => Encoding.UTF8.GetBytes($"bad {index:000}");

    /// <summary>Absent, empty, or no text.</summary>
    private static Headers? Headers(int index) => (index % 3) switch
    {
        0 => null,
        1 => new Headers { { "event_id", null }, { "traceparent", [] } },
        _ => new Headers { { "traceparent", [0xFF, 0x00] }, { "tracestate", new byte[2000] }, { "event_id", [0x80] } },
    };

    private static string With(string part, string instead) => Sound.Replace(part, instead, StringComparison.Ordinal);
}
