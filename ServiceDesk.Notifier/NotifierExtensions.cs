using ServiceDesk.ServiceDefaults.Kafka;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.Notifier;

internal static class NotifierExtensions
{
    public static KafkaSettings AddNotifierSettings(this IHostApplicationBuilder builder)
    {
        var kafka = builder.AddSettings<KafkaSettings>();
        var notifier = builder.AddSettings<NotifierSettings>();
        // An id that is forgotten while its message can still be read again would let the effect happen twice.
        new SettingRules(NotifierSettings.Section).Must(notifier.Retention > kafka.TopicRetention, notifier.Retention,
            $"must be longer than Kafka:TopicRetention ({kafka.TopicRetention})", nameof(notifier.Retention));
        builder.Services.AddSingleton<NotifierMetrics>();
        return kafka;
    }
}
