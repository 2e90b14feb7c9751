using System.CommandLine;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Commands;

internal static class PeekCommand
{
    private const int DefaultLimit = 10;
    private const int ValueWidth = 100;
    private static readonly TimeSpan ScanLimit = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var topic = new Argument<string?>("TOPIC")
        {
            Description = "Another topic than KAFKA_TOPIC",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var limit = Parameters.Count("--limit", "How many", DefaultLimit);
        var fromBeginning = new Option<bool>("--from-beginning") { Description = "The oldest instead of the newest" };
        var eventId = new Option<Guid?>("--event-id") { Description = "Only the messages of one event" };
        var full = new Option<bool>("--full") { Description = "With headers and whole values" };
        return new Command("peek", "Messages of a topic, the newest or what is asked for.")
        {
            topic, limit, fromBeginning, eventId, full,
        }.Does(async (parsed, run) =>
        {
            var messages = Find(
                run, parsed.GetValue(topic) ?? run.Settings.Topic, parsed.GetValue(limit),
                parsed.GetValue(fromBeginning), parsed.GetValue(eventId)?.ToString());
            await (parsed.GetValue(full) ? PrintFullAsync(run, messages) : PrintTableAsync(run, messages));
            return messages.Count > 0 || parsed.GetValue(eventId) is null;
        });
    }

    private static List<Message> Find(DiagRun run, string topic, int limit, bool fromBeginning, string? eventId)
    {
        int? newest = fromBeginning ? null : eventId is null ? limit : TopicScan.SearchDepth;
        using var broker = new Broker(run.Settings);
        var found = TopicScan.Read(broker, topic, newest, follow: false, ScanLimit, run.Cancelled)
            .Where(m => eventId is null || string.Equals(m.EventId, eventId, StringComparison.OrdinalIgnoreCase));
        var messages = (fromBeginning ? found.Take(limit) : found)
            .OrderBy(m => m.Time).ThenBy(m => m.At.Partition.Value).ThenBy(m => m.At.Offset.Value);
        return [.. messages.TakeLast(limit)];
    }

    private static async Task PrintTableAsync(DiagRun run, List<Message> messages)
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

    private static async Task PrintFullAsync(DiagRun run, List<Message> messages)
    {
        foreach (var message in messages)
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
}
