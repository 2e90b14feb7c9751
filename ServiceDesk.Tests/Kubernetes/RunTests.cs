using Npgsql;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Kubernetes;

/// <summary>The settings in the manifests are not only well-formed: the real services run with them.</summary>
public sealed class RunTests
{
    [RequiresProgramFact("kubectl")]
    public async Task A_ticket_goes_through_services_with_the_environments_of_the_rendered_containers()
    {
        await using var deployment = await DeploymentOnThisMachine.StartAsync(await Overlay.RenderAsync(Overlay.Kind));
        // The local broker cannot create topics for a client, as Kafka will.
        await deployment.CreateTopicAsync("tickets.events", 12);
        await deployment.CreateTopicAsync("tickets.dlq", 3);
        await MigratorRun.SucceedsAsync(deployment.Environment("migrator"));

        await using var api = await StartAsync(ServiceProcess.TicketApi, "ticket-api", deployment);
        await using var relay = await StartAsync(ServiceProcess.OutboxRelay, "outbox-relay", deployment);
        await using var notifier = await StartAsync(ServiceProcess.Notifier, "notifier", deployment);
        var ticket = await new TicketClient(api.Http).CreateAsync();

        await using var database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(deployment.Postgres.ConnectionString)
            {
                Database = "servicedesk",
                Pooling = false,
            }.ConnectionString);
        await Eventually.SeesAsync("the ticket's event is processed", async () =>
        {
            await using var look = database.CreateCommand(
                "SELECT status FROM processed_events WHERE aggregate_id = $1");
            look.Parameters.Add(new() { Value = Guid.Parse(ticket) });
            return (string?)await look.ExecuteScalarAsync();
        }, status => status == "done");
    }

    private static async Task<ServiceProcess> StartAsync(string project, string app, DeploymentOnThisMachine deployment)
    {
        var environment = deployment.Environment(app);
        // The declared port may be taken here, so the system chooses; SettingsTests tells that it is the declared one.
        Assert.NotEmpty(environment["HTTP_PORTS"]);
        environment["HTTP_PORTS"] = "0";
        var service = await ServiceProcess.StartReadyAsync(project, environment);
        Assert.False(service.Http.BaseAddress!.Port == 8080, "the image's port won over the manifest's");
        return service;
    }
}
