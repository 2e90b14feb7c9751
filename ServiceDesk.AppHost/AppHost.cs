using ServiceDesk.AppHost;
using ServiceDesk.AppHost.Infrastructure;
using ServiceDesk.AppHost.Ports;
using ServiceDesk.AppHost.Running;
using ServiceDesk.AppHost.Services;
using ServiceDesk.Settings;

try
{
    var builder = DistributedApplication.CreateBuilder(AppHostConfiguration.OptionsFrom(args));
    var configuration = AppHostConfiguration.Of(builder);
    var settings = SettingsExtensions.Read<AppHostSettings>(configuration);
    var servers = builder.AddInfrastructure(settings, configuration);
    var (database, kafka) = servers;

    if (settings.HasServices)
    {
        var migrator = builder.AddProject<Projects.ServiceDesk_Migrator>("migrator")
            .WithConnections(database, kafka)
            .WaitFor(database)
            .WaitFor(kafka);

        builder.AddOperator(settings, database, kafka, migrator);

        var ticketApi = builder.AddProject<Projects.ServiceDesk_TicketApi>("ticket-api")
            .WithConnections(database)
            .WithHttp(
                settings.TicketApiAddress, nameof(settings.TicketApiAddress),
                ("/scalar", "API"), ("/openapi/v1.json", "OpenAPI"))
            .WithExternalHttpEndpoints()
            .WaitForCompletion(migrator)
            .WithSampleTicketCommand();

        var relay = builder.AddProject<Projects.ServiceDesk_OutboxRelay>("outbox-relay")
            .WithConnections(database, kafka)
            .WithHttp(settings.RelayAddress, nameof(settings.RelayAddress))
            .WithReplicas(settings.RelayReplicas)
            .WaitForCompletion(migrator)
            .WithReplayCommand(database, kafka);

        var notifier = builder.AddProject<Projects.ServiceDesk_Notifier>("notifier")
            .WithConnections(database, kafka)
            .WithHttp(settings.NotifierAddress, nameof(settings.NotifierAddress))
            .WithReplicas(settings.NotifierReplicas)
            .WaitForCompletion(migrator);

        if (servers.AreContainers)
        {
            builder.AddObservability(ticketApi, relay, notifier);
        }
    }

    builder.RequireFreePorts();
    builder.AddRunning(servers, settings);
    builder.Build().Run();
    return Environment.ExitCode;
}
catch (SettingsException bad)
{
    Console.Error.WriteLine($"AppHost: {bad.Message}");
    return 2;
}
