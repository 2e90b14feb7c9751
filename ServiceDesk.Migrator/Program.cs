using Microsoft.Extensions.Configuration;
using ServiceDesk.Migrator;
using ServiceDesk.Settings;

using var stop = new StopSignal();
try
{
    var configuration = new ConfigurationBuilder().AddEnvironmentVariables();
    configuration.AddEnvironmentAliases();
    var settings = MigrationPlan.Read(configuration.AddCommandLine(args).Build());

    await DatabaseStep.RunAsync(settings, stop.Token);
    await TopicsStep.RunAsync(settings, stop.Token);
    return ExitCode.Done;
}
catch (SettingsException bad)
{
    Report.Failure(bad.Message);
    return ExitCode.BadSettings;
}
catch (MigrationException failed)
{
    Report.Failure(failed.Message);
    return ExitCode.Failed;
}
catch (OperationCanceledException)
{
    Report.Failure("stopped before it was done; run it again");
    return ExitCode.Failed;
}
