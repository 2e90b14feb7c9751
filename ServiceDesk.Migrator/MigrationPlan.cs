using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using ServiceDesk.Clients.Kafka;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Settings;

namespace ServiceDesk.Migrator;

/// <summary>What to migrate, from configuration.</summary>
internal sealed record MigrationPlan(string ConnectionString, string Brokers, KafkaSettings Kafka, MigratorSettings Settings, IConfiguration Configuration)
{
    /// <exception cref="SettingsException">A setting is missing or wrong.</exception>
    public static MigrationPlan Read(IConfiguration configuration)
    {
        // Refuses a bad setting of the client before anything is migrated.
        KafkaExtensions.Configure(new AdminClientConfig(), "migrator", configuration);
        return new MigrationPlan(
            DatabaseExtensions.WithDefaults(Required(configuration, ConnectionNames.Database), "migrator"),
            Required(configuration, ConnectionNames.Kafka),
            SettingsExtensions.Read<KafkaSettings>(configuration),
            SettingsExtensions.Read<MigratorSettings>(configuration),
            configuration);
    }

    private static string Required(IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw SettingsException.For($"ConnectionStrings:{name}", "", "must be set");
}
