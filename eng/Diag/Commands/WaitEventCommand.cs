using Diag.CommandLine;
using Diag.Kafka;

namespace Diag.Commands;

internal static class WaitEventCommand
{
    public static readonly Command Definition = new(
        "wait-event",
        "EVENT... [--topic TOPIC] [--timeout 10s] [--from-beginning]",
        "Reads a topic until it has shown every one of the events. Prints event, partition, offset.",
        RunAsync)
    {
        MinWords = 1,
        MaxWords = int.MaxValue,
        Values = ["--topic", "--timeout"],
        Flags = ["--from-beginning"],
    };

    private static async Task<int> RunAsync(Invocation run)
    {
        var missing = run.Arguments.Ids().ToHashSet();
        var topic = run.Arguments.Find("--topic") ?? run.Settings.Topic;
        var limit = run.Arguments.Duration("--timeout", TimeSpan.FromSeconds(10));
        int? newest = run.Arguments.Has("--from-beginning") ? null : TopicScan.SearchDepth;
        using var broker = new Broker(run.Settings);
        foreach (var message in TopicScan.Read(broker, topic, newest, follow: true, limit, run.Cancelled))
        {
            if (Guid.TryParse(message.EventId, out var id) && missing.Remove(id))
            {
                await run.PrintAsync($"{id}\t{message.At.Partition.Value}\t{message.At.Offset.Value}");
            }

            if (missing.Count == 0)
            {
                return ExitCode.Ok;
            }
        }

        throw DiagException.NotFound($"not on {topic} within {limit.TotalSeconds:0.#} s: {string.Join(", ", missing)}");
    }
}
