using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;

namespace ServiceDesk.Clients.Postgres;

public static class DatabaseExtensions
{
    /// <summary>Every wait on the database is bounded, and statements are prepared once per connection. Encryption by Kerberos is
    /// for those who ask for it: to find out that there is none loads its libraries, and asks the server, for nothing.</summary>
    private static readonly (string Keyword, object Value)[] Defaults =
    [
        ("Timeout", 3), ("Command Timeout", 4), ("Cancellation Timeout", 500), ("Keepalive", 30),
        ("Max Auto Prepare", 32), ("Auto Prepare Min Usages", 2), ("Maximum Pool Size", 32), ("GSS Encryption Mode", "Disable"),
    ];

    /// <summary>Adds the connection pool, the schema gate and the readiness check.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="application">The name its connections have in <c>pg_stat_activity</c>.</param>
    /// <param name="role">The Postgres role it acts as, unless <c>Database:Role</c> names another, or "none".</param>
    /// <param name="options">Further options of its connections, as on the server's command line.</param>
    /// <exception cref="SettingsException">The connection string is missing or wrong.</exception>
    public static void AddDatabase(
        this IHostApplicationBuilder builder, string application, string role, string options = "")
    {
        var configured = builder.Configuration.GetConnectionString(ConnectionNames.Database)
            ?? throw SettingsException.For($"ConnectionStrings:{ConnectionNames.Database}", "", "must be set");

        builder.AddNpgsqlDataSource(ConnectionNames.Database, settings =>
        {
            settings.ConnectionString = WithOptions(
                WithDefaults(configured, application),
                $"{ActingAs(builder.Configuration["Database:Role"] ?? role)} {options}");
            settings.DisableHealthChecks = true;
            // Traces are collected only where somebody receives them; see TelemetryExtensions.
            settings.DisableTracing = true;
        },
        source =>
        {
            // Otherwise the pool's label in metrics is the connection string.
            source.Name = ConnectionNames.Database;
            source.ConfigureTracing(tracing => tracing
                .ConfigureCommandSpanNameProvider(command => StatementName.Read(command.CommandText))
                .ConfigureBatchSpanNameProvider(batch => StatementName.Read(batch.BatchCommands[^1].CommandText))
                .EnableFirstResponseEvent(false));
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Schema>();
        builder.Services.AddSingleton<SchemaGate>();
        builder.Services.AddReadiness<DatabaseHealthCheck>("postgres");
    }

    /// <summary>The role is part of the connection's start-up, so no statement runs without it.</summary>
    private static string ActingAs(string role) => role switch
    {
        "none" => "",
        _ when role.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') => $"-c role={role}",
        _ => throw SettingsException.For("Database:Role", role, "must be a role of letters, digits and underscores, or none"),
    };

    /// <summary>The connection string with further options of the server, as on its command line.</summary>
    public static string WithOptions(string connectionString, string options)
    {
        var result = new NpgsqlConnectionStringBuilder(connectionString);
        result.Options = $"{result.Options} {options}".Trim() is { Length: > 0 } all ? all : null;
        return result.ConnectionString;
    }

    /// <summary>The configured connection string, with our defaults where it says nothing.</summary>
    /// <exception cref="SettingsException">It is not a connection string.</exception>
    public static string WithDefaults(string configured, string applicationName)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(configured);
            var stated = new DbConnectionStringBuilder { ConnectionString = configured };
            var result = new NpgsqlConnectionStringBuilder(configured) { ApplicationName = given.ApplicationName ?? applicationName };
            foreach (var (keyword, value) in Defaults.Where(d => !stated.ContainsKey(d.Keyword)))
            {
                result[keyword] = value;
            }

            return result.Host is { Length: > 0 } ? result.ConnectionString : throw new ArgumentException("it has no Host");
        }
        catch (Exception bad) when (bad is ArgumentException or FormatException)
        {
            throw SettingsException.For($"ConnectionStrings:{ConnectionNames.Database}", "…", $"must be an Npgsql connection string: {bad.Message}");
        }
    }
}
