using ServiceDesk.Clients.Operating;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Notifier;
using ServiceDesk.Notifier.Consuming;
using ServiceDesk.Notifier.Maintenance;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

var service = new ServiceInfo("notifier", Port: 9091, ListenKey: "Listen:Metrics");
try
{
    var builder = WebApplication.CreateSlimBuilder([ServiceInfo.NoReload, .. args]);
    builder.AddServiceDefaults(service);
    builder.AddDatabase(service.Name, role: "servicedesk_notifier");
    var kafka = builder.AddSettings<KafkaSettings>();
    builder.AddSettings<NotifierSettings>().MustOutlive(kafka);
    builder.AddConsuming(kafka);
    builder.Services.AddPresence(
        "processing", holds: services => services.GetRequiredService<RebalanceHandler>().Partitions);
    builder.Services.AddSingleton<NotifierMetrics>();
    builder.Services.AddSingleton<ProcessedEvents>();
    builder.Services.AddSingleton<IEventStore>(services => services.GetRequiredService<ProcessedEvents>());
    builder.Services.AddHostedService<Retention>();

    await using var app = builder.Build();
    app.MapDefaultEndpoints();
    return await app.RunServiceAsync();
}
catch (SettingsException setting)
{
    return service.Refuse(setting);
}
