using Diag.CommandLine;
using Diag.Kafka;

namespace Diag.Commands;

internal static class GroupsCommand
{
    public static readonly Command Definition =
        new("groups", "", "The consumer groups that the brokers know, their state and members.", RunAsync);

    private static async Task<int> RunAsync(Invocation run)
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
            if (PartitionLag.Of(broker, run.Settings.Group, run.Settings.Topic).Any(p => p.Committed is not null))
            {
                table.Add(run.Settings.Group, null, null, null);
            }
        }

        await run.PrintAsync(table);
        return ExitCode.Ok;
    }
}
