using ServiceDesk.ServiceDefaults.Kafka;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.OutboxRelay;

internal static class RelayExtensions
{
    public static void AddRelaySettings(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<KafkaSettings>();
        builder.AddSettings<RelaySettings>();
        builder.Services.AddSingleton<RelayMetrics>();
        builder.Services.AddSingleton<Settlement>();
    }
}
