namespace ServiceDesk.OutboxRelay.Maintenance;

internal static class MaintenanceExtensions
{
    public static void AddMaintenance(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHostedService<Reaper>();
        builder.Services.AddHostedService<BacklogMonitor>();
        builder.Services.AddHostedService<Retention>();
    }
}
