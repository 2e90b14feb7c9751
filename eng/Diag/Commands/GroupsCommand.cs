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
        foreach (var group in broker.Groups())
        {
            table.Add(group.Group, group.State, group.Protocol, group.Members.Count);
        }

        await run.PrintAsync(table);
        return ExitCode.Ok;
    }
}
