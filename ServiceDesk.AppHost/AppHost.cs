using ServiceDesk.AppHost;
using ServiceDesk.AppHost.Infrastructure;
using ServiceDesk.AppHost.Services;
using ServiceDesk.Settings;

try
{
    var builder = DistributedApplication.CreateBuilder(args);
    var configuration = AppHostConfiguration.Of(builder);
    var settings = SettingsExtensions.Read<AppHostSettings>(configuration);
    var (database, kafka) = builder.AddInfrastructure(settings, configuration);

    var migrator = builder.AddProject<Projects.ServiceDesk_Migrator>("migrator")
        .WithConnections(database, kafka)
        .WaitFor(database)
        .WaitFor(kafka);

    builder.AddProject<Projects.ServiceDesk_TicketApi>("ticket-api")
        .WithConnections(database)
        .WithHttp(8080)
        .WithExternalHttpEndpoints()
        .WaitForCompletion(migrator)
        .WithLink("/openapi/v1.json", "API description")
        .WithSampleTicketCommand();

    builder.AddProject<Projects.ServiceDesk_OutboxRelay>("outbox-relay")
        .WithConnections(database, kafka)
        .WithHttp(9090)
        .WithReplicas(settings.RelayReplicas)
        .WaitForCompletion(migrator)
        .WithReplayCommand(database, kafka);

    builder.AddProject<Projects.ServiceDesk_Notifier>("notifier")
        .WithConnections(database, kafka)
        .WithHttp(9091)
        .WithReplicas(settings.NotifierReplicas)
        .WaitForCompletion(migrator);

    builder.Build().Run();
    return 0;
}
catch (SettingsException bad)
{
    Console.Error.WriteLine($"AppHost: {bad.Message}");
    return 2;
}
