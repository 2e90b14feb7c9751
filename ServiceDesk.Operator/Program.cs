using System.CommandLine;
using ServiceDesk.Operator;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Commands;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

// With a command it is a program for the shell, as scripts/diag.sh calls it; without one it serves the console.
if (args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version"))
{
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
}

var service = new ServiceInfo("operator", Port: 8090, ListenKey: "Listen:Http");
try
{
    await using var app = OperatorApp.Build(service, args);
    return await app.RunServiceAsync();
}
catch (SettingsException setting)
{
    return service.Refuse(setting);
}
