using System.Reflection;
using DbUp;
using DbUp.Engine;
using Npgsql;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.Migrator;

/// <summary>Creates the database if it is missing, and brings its schema up to date. Any number may run at once: DbUp
/// itself takes no lock, so an advisory lock lets one after the other through.</summary>
internal static class DatabaseStep
{
    /// <summary>An arbitrary key: the ASCII codes of "migrate".</summary>
    private const long LockKey = 0x6d696772617465;

    public static async Task RunAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        var target = new NpgsqlConnectionStringBuilder(plan.ConnectionString) { Pooling = false };
        await using (var server = await ConnectAsync(Maintenance(target), plan.Settings.StartTimeout, cancellation))
        {
            await LockAsync(server, cancellation);
            await CreateDatabaseAsync(server, target.Database!, cancellation);
        }

        await using var connection = await ConnectAsync(target.ConnectionString, plan.Settings.StartTimeout, cancellation);
        await LockAsync(connection, cancellation);
        Upgrade(target.ConnectionString, plan.Settings);
        await OutboxIds.MendAsync(connection, cancellation);
    }

    private static void Upgrade(string connectionString, MigratorSettings settings)
    {
        var upgrade = DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithScripts(SiteScripts(settings.ScriptsFolder))
            .WithTransactionPerScript()
            // $name$ would be a variable of DbUp's; in Postgres it opens a dollar-quoted text.
            .WithVariablesDisabled()
            .WithExecutionTimeout(settings.ScriptTimeout)
            .LogTo(new UpgradeReport())
            .Build();
        var result = upgrade.PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationException(
                $"script {result.ErrorScript?.Name ?? "(none)"} failed and was rolled back: {result.Error?.Message}", result.Error);
        }

        Report.Progress(result.Scripts.Any()
            ? $"schema brought up to date: {string.Join(", ", result.Scripts.Select(s => s.Name))}"
            : "schema is up to date, nothing to do");
    }

    private static IEnumerable<SqlScript> SiteScripts(string? folder) => folder is null
        ? []
        : Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal)
            .Select(file => new SqlScript($"site/{Path.GetFileName(file)}", File.ReadAllText(file)));

    /// <summary>CREATE DATABASE knows no IF NOT EXISTS; the lock makes the look before it safe.</summary>
    private static async Task CreateDatabaseAsync(NpgsqlConnection server, string name, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", server)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = name } },
        };
        if (await find.ExecuteScalarAsync(cancellation) is not null)
        {
            return;
        }

        // A name cannot be a parameter; quoting it as an identifier is what the server's quote_ident does.
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"")}\"", server);
        await create.ExecuteNonQueryAsync(cancellation);
        Report.Progress($"database {name} created");
    }

    private static string Maintenance(NpgsqlConnectionStringBuilder target) =>
        new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = "postgres" }.ConnectionString;

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({LockKey})", connection) { CommandTimeout = 600 };
        await take.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, TimeSpan limit, CancellationToken cancellation)
    {
        NpgsqlConnection? open = null;
        await Startup.WaitAsync("Postgres", limit, DatabaseFailure.IsOutage, async () =>
        {
            var connection = new NpgsqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellation);
                open = connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }, cancellation);
        return open!;
    }
}
