using System.CommandLine;
using Diag.CommandLine;
using Diag.Commands;

return await new RootCommand(DiagRun.Description)
{
    StatusCommands.Outbox(),
    StatusCommands.Processed(),
    LagCommand.Create(),
    TopicsCommand.Create(),
    PeekCommand.Create(),
    GroupCommands.Groups(),
    GroupCommands.Group(),
    WaitCommands.Outbox(),
    WaitCommands.Event(),
    WaitCommands.Processed(),
    ProduceCommand.Create(),
    ReplayCommand.Create(),
}.RunAsync(args);
