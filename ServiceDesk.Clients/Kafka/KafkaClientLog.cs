using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ServiceDesk.Clients.Kafka;

/// <summary>Passes on what the native client says of itself, which repeats every failed connection: a line a minute for
/// each reason.</summary>
public sealed partial class KafkaClientLog(TimeProvider time, ILogger<KafkaClientLog> logger)
{
    private readonly LogPace _pace = new(time);

    public void Write(LogMessage message)
    {
        // It warns at each start that what we set is experimental.
        if (message.Facility == "CONFWARN"
            && message.Message.Contains("enable.gapless.guarantee", StringComparison.Ordinal))
        {
            return;
        }

        if (_pace.Next(message.Message) is { } text)
        {
            var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
            LogClient(level, text);
        }
    }

    [LoggerMessage("Kafka client: {Message}")]
    private partial void LogClient(LogLevel level, string message);
}
