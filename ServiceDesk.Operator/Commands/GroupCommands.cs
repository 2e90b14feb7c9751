using System.CommandLine;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;

namespace ServiceDesk.Operator.Commands;

internal static class GroupCommands
{
    public static Command Groups() =>
        new Command("groups", "The consumer groups that the brokers know, their state and members.").Does(
        async (_, run) =>
        {
            using var broker = new Broker(run.Settings);
            var table = new Table("GROUP", "STATE", "PROTOCOL", "MEMBERS");
            if (broker.Groups() is { } groups)
            {
                foreach (var group in groups)
                {
                    table.Add(group.Group, group.State, group.Protocol, group.Members.Count);
                }
            }
            else
            {
                await run.PrintAsync("This broker (LocalKafka) cannot list groups; shown is the configured one.");
                if (PartitionLag.Read(broker, run.Settings.Group, run.Settings.Topic).Any(p => p.Committed is not null))
                {
                    table.Add(run.Settings.Group, null, null, null);
                }
            }

            await run.PrintAsync(table);
        });

    public static Command Group()
    {
        var id = new Argument<string?>("ID")
        {
            Description = "Another group than KAFKA_GROUP_ID",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var topic = Parameters.Topic();
        var command = new Command("group", "How far a consumer group has come in each partition of a topic.")
        {
            id,
            topic,
        };
        return command.Does(
            (parsed, run) => PrintAsync(
                run, parsed.GetValue(id) ?? run.Settings.Group, parsed.GetValue(topic) ?? run.Settings.Topic));
    }

    private static async Task PrintAsync(DiagRun run, string id, string topic)
    {
        using var broker = new Broker(run.Settings);
        var groups = broker.Groups();
        var group = groups?.FirstOrDefault(g => g.Group == id);
        var partitions = PartitionLag.Read(broker, id, topic);
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
    }
}
