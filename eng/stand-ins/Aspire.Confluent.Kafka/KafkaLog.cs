using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

/// <summary>Passes the client library's log lines on, under the category that the package uses.</summary>
internal sealed class KafkaLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Aspire.Confluent.Kafka");

    public void Write(LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        _logger.Log(level, new EventId(0, message.Facility), message.Message, null, static (text, _) => text);
    }

    /// <summary>The builders accept one log handler only; a caller's own wins.</summary>
    public void Attach(Action setHandler)
    {
        try
        {
            setHandler();
        }
        catch (InvalidOperationException)
        {
            const string Warning = "LogHandler is already set. Skipping... No logs will be written.";
            _logger.Log(LogLevel.Warning, default, Warning, null, static (text, _) => text);
        }
    }
}
