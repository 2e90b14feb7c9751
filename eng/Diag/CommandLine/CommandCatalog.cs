using Diag.Commands;

namespace Diag.CommandLine;

internal static class CommandCatalog
{
    public static readonly IReadOnlyList<Command> All =
    [
        OutboxCommand.Definition,
        ProcessedCommand.Definition,
        LagCommand.Definition,
        TopicsCommand.Definition,
        PeekCommand.Definition,
        GroupsCommand.Definition,
        GroupCommand.Definition,
        WaitOutboxCommand.Definition,
        WaitEventCommand.Definition,
        WaitProcessedCommand.Definition,
        ProduceCommand.Definition,
        ReplayCommand.Definition,
    ];
}
