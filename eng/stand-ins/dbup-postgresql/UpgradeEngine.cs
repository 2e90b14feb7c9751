using DbUp.Builder;
using DbUp.Engine.Output;
using Npgsql;

namespace DbUp.Engine;

/// <summary>Runs the scripts that the journal does not have, each with its entry in one transaction.</summary>
public sealed class UpgradeEngine
{
    private readonly UpgradeEngineBuilder _settings;
    private readonly IUpgradeLog? _log;

    internal UpgradeEngine(UpgradeEngineBuilder settings)
    {
        _settings = settings;
        _log = settings.Log;
    }

    public bool IsUpgradeRequired() => GetScriptsToExecute().Count > 0;

    public List<SqlScript> GetScriptsToExecute()
    {
        using var connection = Open();
        return FindScriptsToExecute(connection);
    }

    public DatabaseUpgradeResult PerformUpgrade()
    {
        var executed = new List<SqlScript>();
        SqlScript? current = null;
        try
        {
            using var connection = Open();
            _log?.LogInformation("Beginning database upgrade");
            var scripts = FindScriptsToExecute(connection);
            if (scripts.Count == 0)
            {
                _log?.LogInformation("No new scripts need to be executed - completing.");
                return new(executed, successful: true, error: null, errorScript: null);
            }

            foreach (var script in scripts)
            {
                current = script;
                Execute(connection, script);
                executed.Add(script);
            }

            _log?.LogInformation("Upgrade successful");
            return new(executed, successful: true, error: null, errorScript: null);
        }
        // The contract of this method: whatever goes wrong is in the result.
#pragma warning disable CA1031
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log?.LogError(error, "Upgrade failed due to an unexpected exception: {0}", error.ToString());
            return new(executed, successful: false, error, current);
        }
    }

    private void Execute(NpgsqlConnection connection, SqlScript script)
    {
        _log?.LogInformation("Executing Database Server script '{0}'", script.Name);
        using var transaction = connection.BeginTransaction();
        _settings.Journal.Ensure(connection);
        using (var command = new NpgsqlCommand(script.Contents, connection, transaction))
        {
            command.CommandTimeout = _settings.ExecutionTimeoutSeconds ?? command.CommandTimeout;
            command.ExecuteNonQuery();
        }

        _settings.Journal.Store(connection, script, DateTime.Now);
        transaction.Commit();
    }

    private List<SqlScript> FindScriptsToExecute(NpgsqlConnection connection)
    {
        var executed = _settings.Journal.ReadExecuted(connection);
        return [.. _settings.Scripts
            .Where(script => !executed.Contains(script.Name))
            .OrderBy(script => script.Name, StringComparer.Ordinal)];
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_settings.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
