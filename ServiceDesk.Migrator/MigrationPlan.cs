using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

/// <summary>What to migrate, from configuration.</summary>
/// <param name="Database">The database to migrate, which need not exist yet.</param>
/// <param name="Role">The one role that every service acts as, "none", or null for a role for each.</param>
/// <param name="Brokers">Kafka.</param>
/// <param name="Kafka">Topics.</param>
/// <param name="Settings">Limits.</param>
/// <param name="Configuration">Everything.</param>
internal sealed record MigrationPlan(
    NpgsqlConnectionStringBuilder Database, string? Role, string Brokers, KafkaSettings Kafka,
    MigratorSettings Settings, IConfiguration Configuration)
{
    /// <exception cref="SettingsException">A setting is missing or wrong.</exception>
    public static MigrationPlan Read(IConfiguration configuration)
    {
        // Refuses a bad setting of the client before anything is migrated.
        KafkaExtensions.Configure(new AdminClientConfig(), "migrator", configuration);
        var database = SettingsExtensions.Read<DatabaseSettings>(configuration);
        return new MigrationPlan(
            new(DatabaseExtensions.WithFilesChecked(DatabaseExtensions.WithDefaults(
                Required(configuration, ConnectionNames.Database), "migrator", database)))
            {
                // Few sessions, each for one purpose: a session that is closed here is to be gone.
                Pooling = false,
            },
            database.Role,
            Required(configuration, ConnectionNames.Kafka),
            SettingsExtensions.Read<KafkaSettings>(configuration),
            SettingsExtensions.Read<MigratorSettings>(configuration),
            configuration);
    }

    /// <summary>The server, for one of its databases. Sessions that cannot write are refused, and so waited
    /// for.</summary>
    public NpgsqlDataSource OpenSource(string database)
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Database = database }.ConnectionString);
        builder.RequireWritableSessions();
        return builder.Build();
    }

    /// <summary>How long the notifier remembers an event; no message may outlive that.</summary>
    public TimeSpan EventMemory => Configuration["Notifier:Retention"] is { } text
        ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var memory) ? memory
            : throw SettingsException.For("Notifier:Retention", text, "must be a duration such as 30.00:00:00")
        : KafkaSettings.DefaultMemory;

    private static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw SettingsException.For($"ConnectionStrings:{name}", "", "must be set");
}
