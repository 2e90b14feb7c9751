using Microsoft.Extensions.Configuration;
using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Settings;

namespace ServiceDesk.Operator.CommandLine;

/// <summary>The services' own environment names, so that one set of exports serves them and this program.</summary>
internal sealed record DiagSettings(
    string? DatabaseUrl, string? ConnectionString, string Brokers, string Topic, string DeadLetterTopic, string Group)
{
    public const string Role = "servicedesk_operator";

    /// <summary>The longest wait for one answer of a server.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For the section <c>KafkaClient</c>: TLS and SASL.</summary>
    public required IConfiguration Configuration { get; init; }

    public static DiagSettings FromEnvironment() => new(
        Read("DATABASE_URL"),
        // The names an AppHost injects; they win, as they do in the services.
        Read("ConnectionStrings__servicedesk"),
        Read("ConnectionStrings__kafka") ?? Read("KAFKA_BROKERS") ?? "127.0.0.1:29092",
        Read("KAFKA_TOPIC") ?? "tickets.events",
        Read("KAFKA_DLQ_TOPIC") ?? "tickets.dlq",
        Read("KAFKA_GROUP_ID") ?? "notification-service")
    {
        Configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build(),
    };

    public NpgsqlConnectionStringBuilder Connection()
    {
        if (DatabaseUrl is null && ConnectionString is null)
        {
            throw DiagException.Usage(
                "DATABASE_URL is not set: use scripts/diag.sh, or eval \"$(scripts/infra.sh env)\"");
        }

        try
        {
            var options = SessionOptions();
            return new(DatabaseExtensions.WithOptions(
                ConnectionString ?? PostgresUrl.ToConnectionString(DatabaseUrl!), options))
            {
                ApplicationName = "diag",
                Timeout = (int)AnswerTimeout.TotalSeconds,
                CommandTimeout = 30,
                Pooling = false,
            };
        }
        catch (FormatException rule)
        {
            throw DiagException.Usage($"DATABASE_URL {rule.Message}");
        }
    }

    /// <summary>A pooler that shares sessions takes no options, so there the commands have the rights of the
    /// login.</summary>
    private string SessionOptions()
    {
        try
        {
            var database = SettingsExtensions.Read<DatabaseSettings>(Configuration);
            var role = database.Role ?? Role;
            return database.SessionsAreShared
                ? ""
                : $"{DatabaseExtensions.ActingAs(role)} {DatabaseExtensions.ByIndex}";
        }
        catch (SettingsException rule)
        {
            throw DiagException.Usage(rule.Message);
        }
    }

    private static string? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
