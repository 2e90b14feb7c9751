using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace ServiceDesk.Settings;

/// <summary>
/// The environment names of the original system, as aliases of the standard configuration keys. A standard name that is
/// set as well wins: an AppHost injects standard names into children that inherit the developer's environment.
/// </summary>
public static class EnvironmentAliases
{
    private sealed record Alias(string Variable, string Key, Func<string, string>? Translate = null);

    private static readonly Alias[] All =
    [
        new("DATABASE_URL", "ConnectionStrings:servicedesk", PostgresUrl.ToConnectionString),
        new("KAFKA_BROKERS", "ConnectionStrings:kafka"),
        new("KAFKA_TOPIC", "Kafka:Topic"),
        new("KAFKA_DLQ_TOPIC", "Kafka:DeadLetterTopic"),
        new("KAFKA_GROUP_ID", "Kafka:GroupId"),
        new("HTTP_ADDR", "Listen:Http"),
        new("METRICS_ADDR", "Listen:Metrics"),
        new("OUTBOX_RELAY_BATCH_SIZE", "OutboxRelay:BatchSize"),
        new("OUTBOX_RELAY_POLL_INTERVAL", "OutboxRelay:PollInterval", Duration.ToTimeSpanText),
        new("OUTBOX_RELAY_PROCESSING_TIMEOUT", "OutboxRelay:ProcessingTimeout", Duration.ToTimeSpanText),
        new("OUTBOX_RELAY_MAX_ATTEMPTS", "OutboxRelay:MaxAttempts"),
        new("NOTIFY_MAX_ATTEMPTS", "Notifier:MaxAttempts"),
    ];

    /// <summary>Puts the aliases just below the environment, above every file.</summary>
    public static void AddEnvironmentAliases(this IConfigurationBuilder configuration)
    {
        var values = new Dictionary<string, string?>();
        foreach (var alias in All)
        {
            if (Environment.GetEnvironmentVariable(alias.Variable) is { Length: > 0 } value)
            {
                values[alias.Key] = Translated(alias, value);
            }
        }

        var environment = configuration.Sources
            .LastOrDefault(s => s is EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        var position = environment is null ? configuration.Sources.Count : configuration.Sources.IndexOf(environment);
        configuration.Sources.Insert(position, new MemoryConfigurationSource { InitialData = values });
    }

    /// <summary>The key, with the alias a user may have set it by.</summary>
    public static string Describe(string key) =>
        Array.Find(All, a => a.Key == key) is { } alias ? $"{key} ({alias.Variable})" : key;

    private static string Translated(Alias alias, string value)
    {
        try
        {
            return alias.Translate?.Invoke(value) ?? value;
        }
        catch (FormatException rule)
        {
            // A connection string carries a password: it is never repeated.
            throw SettingsException.For(alias.Key, alias.Variable == "DATABASE_URL" ? "…" : value, rule.Message);
        }
    }
}
