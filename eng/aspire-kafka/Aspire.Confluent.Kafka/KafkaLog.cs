using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

/// <summary>Passes the client library's log lines on, under the category that the package uses.</summary>
internal static class KafkaLog
{
    public static void Attach(IServiceProvider services, Action<Action<LogMessage>> setHandler)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Aspire.Confluent.Kafka");
        try
        {
            setHandler(message => Write(logger, message));
        }
        catch (InvalidOperationException)
        {
            // The builder takes one handler only, and the caller has set its own.
        }
    }

    private static void Write(ILogger logger, LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        logger.Log(level, new EventId(0, message.Facility), message.Message, null, static (text, _) => text);
    }
}
