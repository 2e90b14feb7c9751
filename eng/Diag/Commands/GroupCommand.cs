using Diag.CommandLine;
using Diag.Kafka;

namespace Diag.Commands;

internal static class GroupCommand
{
    public static readonly Command Definition = new(
        "group", "[ID] [--topic TOPIC]", "How far a consumer group has come in each partition of a topic.", RunAsync)
    {
        MaxWords = 1,
        Values = ["--topic"],
    };

    private static async Task<int> RunAsync(Invocation run)
    {
        var id = run.Arguments.Words.Count > 0 ? run.Arguments.Words[0] : run.Settings.Group;
        var topic = run.Arguments.Find("--topic") ?? run.Settings.Topic;
        using var broker = new Broker(run.Settings);
        var groups = broker.Groups();
        var group = groups?.FirstOrDefault(g => g.Group == id);
        var partitions = PartitionLag.Of(broker, id, topic);
        if (group is null && partitions.All(p => p.Committed is null))
        {
            throw DiagException.NotFound($"no group {id}: it has no member and never committed an offset for {topic}");
        }

        var members = group is not null ? $"{group.State}, members: {group.Members.Count}"
            : groups is null ? "members unknown (this broker cannot tell)"
            : "no members";
        await run.PrintAsync($"{id}: {members}, behind: {partitions.Sum(p => p.Lag)} on {topic}");
        var table = new Table("PARTITION", "COMMITTED", "END", "LAG");
        foreach (var p in partitions)
        {
            table.Add(p.Partition, p.Committed, p.End, p.Lag);
        }

        await run.PrintAsync(table);
        return ExitCode.Ok;
    }
}
