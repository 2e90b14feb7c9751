using ServiceDesk.OutboxRelay;
using ServiceDesk.OutboxRelay.Maintenance;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;
using ServiceDesk.ServiceDefaults.Database;
using ServiceDesk.ServiceDefaults.Hosting;

var service = new ServiceInfo("outbox-relay", Port: 9090, ListenKey: "Listen:Metrics", DatabaseRole: "servicedesk_relay")
{
    DatabaseOptions = OutboxSql.PlannerOptions,
};

return await ServiceHost.RunAsync(args, service,
    builder =>
    {
        builder.AddDatabase(service);
        builder.AddRelaySettings();
        builder.AddOutbox();
        builder.AddPublishing();
        builder.AddMaintenance();
        builder.Services.AddHostedService<Relay>();
    },
    _ => { });
