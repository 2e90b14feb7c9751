using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Postgresql;
using Npgsql;
using ServiceDesk.Clients;

namespace ServiceDesk.Migrator;

/// <summary>Runs the scripts that the journal does not have yet, each in a transaction of its own.</summary>
/// <param name="database">Where the scripts run.</param>
/// <param name="watcher">A session beside theirs, to see who holds them up.</param>
/// <param name="schema">Where the tables and the journal are.</param>
/// <param name="settings">Limits, and the site's own scripts.</param>
internal sealed class SchemaUpgrade(
    NpgsqlDataSource database, NpgsqlConnection watcher, TargetSchema schema, MigratorSettings settings)
{
    private const string BuiltIn = "ServiceDesk.Migrator.Scripts.";
    private const string Journal = "schemaversions";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var engine = Build();
        if (!schema.MayCreate && engine.IsUpgradeRequired())
        {
            var user = new NpgsqlConnectionStringBuilder(database.ConnectionString).Username ?? "the migrating user";
            throw new MigrationException(
                $"{user} may not create tables in the schema {schema.Name}. " +
                $"An administrator must run: {schema.GrantTo(user)}");
        }

        List<string> applied = [];
        for (var attempt = 1; ; attempt++)
        {
            var (result, holder) = await PerformAsync(engine, cancellation);
            applied.AddRange(result.Scripts.Select(s => s.Name));
            if (result.Successful)
            {
                Report.Progress(applied.Count > 0
                    ? $"schema brought up to date: {string.Join(", ", applied)}"
                    : "schema is up to date, nothing to do");
                return;
            }

            await PauseOrGiveUpAsync(result, holder, attempt, cancellation);
        }
    }

    /// <summary>A script that does not get its lock was rolled back: while it waits, everything that comes after it
    /// waits too.</summary>
    private async Task PauseOrGiveUpAsync(
        DatabaseUpgradeResult failed, string? holder, int attempt, CancellationToken cancellation)
    {
        var script = failed.ErrorScript?.Name ?? "(none)";
        if (failed.Error is not PostgresException
            {
                SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected,
            })
        {
            throw new MigrationException(
                $"script {script} failed and was rolled back: {failed.Error?.Message}", failed.Error);
        }

        var held = $"a lock that {holder ?? "another session"} holds";
        if (attempt >= settings.LockAttempts)
        {
            throw new MigrationException(
                $"script {script} tried {attempt} times to get {held}, and was rolled back. Wait for that session, " +
                "or end it with SELECT pg_terminate_backend(pid), and run this again", failed.Error);
        }

        Report.Progress(
            $"script {script} needs {held}; rolled back so as not to hold up others, " +
            $"try {attempt} of {settings.LockAttempts}");
        await Task.Delay(Backoff.Delay(attempt, FirstPause, LongestPause), cancellation);
    }

    private async Task<(DatabaseUpgradeResult Result, string? Holder)> PerformAsync(
        UpgradeEngine engine, CancellationToken cancellation)
    {
        var upgrade = Task.Run(engine.PerformUpgrade, cancellation);
        var holder = await LockHolder.WatchAsync(watcher, upgrade, cancellation);
        return (await upgrade, holder);
    }

    private UpgradeEngine Build() => DeployChanges.To.PostgresqlDatabase(new PostgresqlConnectionManager(database))
        .JournalToPostgresqlTable(schema.Name, Journal)
        .WithScriptsEmbeddedInAssembly(
            Assembly.GetExecutingAssembly(), name => name.StartsWith(BuiltIn, StringComparison.Ordinal))
        .WithScripts(SiteScripts(settings.ScriptsFolder))
        .WithPreprocessor(new ScriptLimits(settings.LockTimeout))
        .WithTransactionPerScript()
        // $name$ would be a variable of DbUp's; in Postgres it opens a dollar-quoted text.
        .WithVariablesDisabled()
        .WithExecutionTimeout(settings.ScriptTimeout)
        .LogTo(new UpgradeReport())
        .Build();

    private static IEnumerable<SqlScript> SiteScripts(string? folder) => folder is null
        ? []
        : Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal)
            .Select(file => new SqlScript($"site/{Path.GetFileName(file)}", File.ReadAllText(file)));
}

/// <summary>A script's limits are set in its own transaction, which works behind a pooler too. It may set
/// others.</summary>
internal sealed class ScriptLimits(TimeSpan lockTimeout) : IScriptPreprocessor
{
    public string Process(string contents) =>
        $"SET LOCAL lock_timeout = {lockTimeout.TotalMilliseconds:0};\nSET LOCAL statement_timeout = 0;\n{contents}";
}
