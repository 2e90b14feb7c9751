using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay;
using ServiceDesk.OutboxRelay.Maintenance;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.OutboxRelay.Publishing;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

var service = new ServiceInfo("outbox-relay", Port: 9090, ListenKey: "Listen:Metrics");
try
{
    var builder = WebApplication.CreateSlimBuilder([ServiceInfo.NoReload, .. args]);
    builder.AddServiceDefaults(service);
    builder.AddDatabase(service.Name, role: "servicedesk_relay", options: OutboxSql.PlannerOptions);
    builder.AddSettings<KafkaSettings>();
    builder.AddSettings<RelaySettings>();
    builder.AddPublishing();
    builder.Services.AddSingleton<RelayMetrics>();
    builder.Services.AddSingleton<OutboxStore>();
    builder.Services.AddPresence("publishing", holds: _ => "");
    builder.Services.AddSingleton<OutboxListener>();
    builder.Services.AddHostedService(services => services.GetRequiredService<OutboxListener>());
    builder.Services.AddSingleton<Settlement>();
    builder.Services.AddHostedService<Relay>();
    builder.Services.AddHostedService<Reaper>();
    builder.Services.AddHostedService<FloorCheck>();
    builder.Services.AddHostedService<BacklogMonitor>();
    builder.Services.AddHostedService<Retention>();

    await using var app = builder.Build();
    app.MapDefaultEndpoints();
    return await app.RunServiceAsync();
}
catch (SettingsException setting)
{
    return service.Refuse(setting);
}
