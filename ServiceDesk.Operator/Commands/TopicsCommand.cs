using System.CommandLine;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Commands;

internal static class TopicsCommand
{
    public static Command Create() =>
        new Command("topics", "The topics, their partitions and how many messages they hold.").Does(
            (_, run) => PrintAsync(run));

    private static async Task PrintAsync(DiagRun run)
    {
        using var broker = new Broker(run.Settings);
        using var reader = broker.Reader();
        var table = new Table("TOPIC", "PARTITIONS", "REPLICAS", "MESSAGES");
        foreach (var topic in broker.Topics().Where(t => !t.Topic.StartsWith("__", StringComparison.Ordinal)))
        {
            var messages = topic.Partitions.Sum(p =>
            {
                var range = reader.QueryWatermarkOffsets(new(topic.Topic, p.PartitionId), DiagSettings.AnswerTimeout);
                return range.High.Value - range.Low.Value;
            });
            table.Add(topic.Topic, topic.Partitions.Count, topic.Partitions.Max(p => p.Replicas.Length), messages);
        }

        await run.PrintAsync(table);
    }
}
