using Diag.CommandLine;
using Diag.Kafka;

namespace Diag.Commands;

internal static class PeekCommand
{
    private const int DefaultLimit = 10;
    private const int ValueWidth = 100;

    public static readonly Command Definition = new(
        "peek",
        "[TOPIC] [--limit N] [--from-beginning] [--event-id ID] [--full]",
        "Messages of a topic, the newest 10 or what is asked for; --full with headers and whole values.",
        RunAsync)
    {
        MaxWords = 1,
        Values = ["--limit", "--event-id"],
        Flags = ["--from-beginning", "--full"],
    };

    private static async Task<int> RunAsync(Invocation run)
    {
        var messages = Find(run);
        if (run.Arguments.Has("--full"))
        {
            foreach (var message in messages)
            {
                await PrintFullAsync(run, message);
            }
        }
        else
        {
            var table = new Table("PARTITION", "OFFSET", "TIME", "KEY", "EVENT", "TYPE", "VALUE");
            foreach (var m in messages)
            {
                table.Add(
                    m.At.Partition.Value, m.At.Offset.Value, m.Time, m.Key, m.EventId, m.EventType,
                    Format.Shorten(m.Value, ValueWidth));
            }

            await run.PrintAsync(table);
        }

        return messages.Count > 0 || !run.Arguments.All("--event-id").Any() ? ExitCode.Ok : ExitCode.NotFound;
    }

    private static List<Message> Find(Invocation run)
    {
        var limit = run.Arguments.Number("--limit", DefaultLimit);
        var eventId = run.Arguments.Find("--event-id") is { } text ? Arguments.Id(text).ToString() : null;
        var fromBeginning = run.Arguments.Has("--from-beginning");
        int? newest = fromBeginning ? null : eventId is null ? limit : TopicScan.SearchDepth;
        using var broker = new Broker(run.Settings);
        var found = TopicScan.Read(broker, run.Topic(0), newest, follow: false, TimeSpan.FromSeconds(30), run.Cancelled)
            .Where(m => eventId is null || string.Equals(m.EventId, eventId, StringComparison.OrdinalIgnoreCase));
        var messages = (fromBeginning ? found.Take(limit) : found)
            .OrderBy(m => m.Time).ThenBy(m => m.At.Partition.Value).ThenBy(m => m.At.Offset.Value);
        return [.. messages.TakeLast(limit)];
    }

    private static async Task PrintFullAsync(Invocation run, Message message)
    {
        await run.PrintAsync($"{message.At.Topic} [{message.At.Partition.Value}] @{message.At.Offset.Value}"
            + $"  {Format.Cell(message.Time)}  key {Format.Cell(message.Key)}");
        foreach (var (name, value) in message.Headers)
        {
            await run.PrintAsync($"  {name}: {value}");
        }

        await run.PrintAsync($"  {message.Value}");
    }
}
