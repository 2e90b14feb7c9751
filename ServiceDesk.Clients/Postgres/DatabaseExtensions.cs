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
    private const string Key = $"ConnectionStrings:{ConnectionNames.Database}";

    /// <summary>Every wait on the database is bounded, and statements are prepared once per connection. Sessions are
    /// not reset between uses, as that costs as much as a small statement: nobody leaves anything in one that a later
    /// use could mistake for its own. Kerberos encryption is opt-in: probing for it loads its libraries and costs a
    /// round trip.</summary>
    private static readonly (string Keyword, object Value)[] Defaults =
    [
        ("Timeout", 3), ("Command Timeout", 4), ("Cancellation Timeout", 500), ("Keepalive", 30),
        ("Max Auto Prepare", 32), ("Auto Prepare Min Usages", 2), ("No Reset On Close", true),
        ("GSS Encryption Mode", "Disable"),
        // Of several hosts, one that was a standby a second ago may be the primary now.
        ("Host Recheck Seconds", 1),
    ];

    /// <summary>The next transaction may be in another session, which has none of the prepared statements.</summary>
    private static readonly (string Keyword, object Value)[] SharedDefaults = [("Max Auto Prepare", 0)];

    /// <summary>The statements rely on it (P3): the claim must see what was committed before it got its lock, whatever
    /// the database's own default is.</summary>
    private const string Isolation = "-c default_transaction_isolation=read\\ committed";

    /// <summary>Options of sessions that read tables by their indexes only: a queue is empty now and deep a moment
    /// later, and so are the tickets of a new system, so the planner's statistics are out of date.</summary>
    public const string ByIndex = "-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off";

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
            ?? throw SettingsException.For(Key, "", "must be set");
        var database = builder.AddSettings<DatabaseSettings>();
        var acting = database.Role ?? role;
        var connectionString = WithFilesChecked(WithDefaults(configured, application, database));
        if (database.SessionsAreShared)
        {
            builder.Services.AddSingleton(new SharedSessionTerms(acting, options));
            builder.Services.AddHostedService<SharedSessionCheck>();
        }
        else
        {
            // The role is part of the connection's start-up, so no statement runs without it.
            connectionString = WithOptions(connectionString, $"{ActingAs(acting)} {Isolation} {options}");
        }

        builder.AddNpgsqlDataSource(ConnectionNames.Database, settings =>
        {
            settings.ConnectionString = connectionString;
            settings.DisableHealthChecks = true;
            // Traces are collected only where somebody receives them; see TelemetryExtensions.
            settings.DisableTracing = true;
        },
        source =>
        {
            // Otherwise the pool's label in metrics is the connection string.
            source.Name = ConnectionNames.Database;
            source.RequireWritableSessions();
            source.ConfigureTracing(tracing => tracing
                .ConfigureCommandSpanNameProvider(command => StatementName.Read(command.CommandText))
                .ConfigureBatchSpanNameProvider(batch => StatementName.Read(batch.BatchCommands[^1].CommandText))
                .EnableFirstResponseEvent(false));
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Schema>();
        builder.Services.AddSingleton<SchemaGate>();
        builder.Services.AddHostedService<ReadOnlyAnswers>();
        builder.Services.AddReadiness<DatabaseHealthCheck>("postgres");
    }

    /// <summary>The connection string with further options of the server, as on its command line.</summary>
    public static string WithOptions(string connectionString, string options)
    {
        var result = new NpgsqlConnectionStringBuilder(connectionString);
        result.Options = $"{result.Options} {options}".Trim() is { Length: > 0 } all ? all : null;
        return result.ConnectionString;
    }

    /// <summary>The configured connection string, with our defaults where it says nothing.</summary>
    /// <exception cref="SettingsException">It is not a connection string, or asks for sessions that cannot
    /// write.</exception>
    public static string WithDefaults(string configured, string applicationName, DatabaseSettings? database = null)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(configured);
            var stated = new DbConnectionStringBuilder { ConnectionString = configured };
            var result = new NpgsqlConnectionStringBuilder(configured)
            {
                ApplicationName = given.ApplicationName ?? applicationName,
            };
            var settings = database ?? new DatabaseSettings();
            var shared = settings.SessionsAreShared ? SharedDefaults : [];
            (string Keyword, object Value) pool = ("Maximum Pool Size", settings.MaxPoolSize);
            var defaults = Defaults.Concat(shared).Append(pool);
            foreach (var (keyword, value) in defaults.Where(d => !stated.ContainsKey(d.Keyword)))
            {
                result[keyword] = value;
            }

            result.TargetSessionAttributes = WritableTarget(given);
            return result.Host is { Length: > 0 }
                ? result.ConnectionString
                : throw new ArgumentException("it has no Host");
        }
        catch (Exception bad) when (bad is ArgumentException or FormatException)
        {
            throw SettingsException.For(Key, "…", $"must be an Npgsql connection string: {bad.Message}");
        }
    }

    /// <summary>A certificate or key that is not there would fail every connection later on, far from the setting at
    /// fault.</summary>
    /// <exception cref="SettingsException">The connection string names a file that cannot be read.</exception>
    public static string WithFilesChecked(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        (string Keyword, string? File)[] files =
        [
            ("Root Certificate", given.RootCertificate), ("SSL Certificate", given.SslCertificate),
            ("SSL Key", given.SslKey), ("Passfile", given.Passfile),
        ];
        foreach (var (keyword, file) in files.Where(f => f.File is not null))
        {
            try
            {
                File.OpenRead(file!).Dispose();
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                throw SettingsException.For(
                    Key, "…", $"its {keyword} must be a file that can be read: {unreadable.Message}");
            }
        }

        return connectionString;
    }

    /// <summary>The option that makes a session act as a role, unless it is "none".</summary>
    public static string ActingAs(string role) => role == DatabaseSettings.NoRole ? "" : $"-c role={role}";

    /// <summary>Of several hosts, the one that takes writes. A single host is checked when a session opens; Npgsql
    /// takes no target for it.</summary>
    private static string? WritableTarget(NpgsqlConnectionStringBuilder given) => given.TargetSessionAttributes switch
    {
        "standby" or "read-only" or "prefer-standby" => throw new ArgumentException(
            $"Target Session Attributes={given.TargetSessionAttributes} asks for a server that takes no writes; " +
            "leave it out"),
        _ => given.Host?.Contains(',') == true ? "read-write" : null,
    };
}
