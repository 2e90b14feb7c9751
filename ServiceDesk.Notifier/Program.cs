using ServiceDesk.Notifier;
using ServiceDesk.Notifier.Consuming;
using ServiceDesk.Notifier.Maintenance;
using ServiceDesk.Notifier.Processing;
using ServiceDesk.ServiceDefaults.Database;
using ServiceDesk.ServiceDefaults.Hosting;

var service = new ServiceInfo("notifier", Port: 9091, ListenKey: "Listen:Metrics", DatabaseRole: "servicedesk_notifier");

return await ServiceHost.RunAsync(args, service,
    builder =>
    {
        builder.AddDatabase(service);
        var kafka = builder.AddNotifierSettings();
        builder.AddProcessing();
        builder.AddConsuming(kafka);
        builder.Services.AddHostedService<Retention>();
    },
    _ => { });
