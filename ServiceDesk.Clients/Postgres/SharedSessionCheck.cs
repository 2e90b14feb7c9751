using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace ServiceDesk.Clients.Postgres;

/// <summary>What a session of a service's own gets at its start, and a pooler's has to have already.</summary>
/// <param name="Role">The role to act as, or "none".</param>
/// <param name="Options">As on the server's command line: <c>-c name=value</c>, any number of them.</param>
internal sealed record SharedSessionTerms(string Role, string Options)
{
    /// <summary>Names and values of all settings that the service relies on.</summary>
    public IEnumerable<(string Name, string Value)> Settings =>
        Options.Split("-c ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(option => (option[..option.IndexOf('=')], option[(option.IndexOf('=') + 1)..]))
            .Append(("default_transaction_isolation", "read committed"))
            .Concat(Role == DatabaseSettings.NoRole ? [] : [("role", Role)]);
}

/// <summary>Behind a pooler a service cannot choose its role and settings, but the user who logs in can have them; what
/// that user lacks is said loudly, with the statement that gives it. The service works without: with more rights, and
/// slower.</summary>
internal sealed partial class SharedSessionCheck(
    NpgsqlDataSource database, SharedSessionTerms terms, SchemaGate schema, ILogger<SharedSessionCheck> logger)
    : BackgroundService
{
    private const string Find =
        """
        -- check shared session
        SELECT format('ALTER ROLE %I IN DATABASE %I SET %I = %L', session_user, current_database(), name, value)
        FROM unnest($1, $2) AS wanted(name, value)
        WHERE current_setting(name) <> value
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        try
        {
            var missing = await Retry.ReadAsync(() => FindMissingAsync(stoppingToken), stoppingToken);
            if (missing.Exists(statement => statement.Contains(" SET role ", StringComparison.Ordinal)))
            {
                LogRoleOff(terms.Role);
            }

            if (missing.Count > 0)
            {
                LogMissing(string.Join("; ", missing));
            }
        }
        catch (Exception away) when (DatabaseFailure.IsOutage(away))
        {
            LogUnchecked(away.Message);
        }
    }

    private async Task<List<string>> FindMissingAsync(CancellationToken cancellation)
    {
        var wanted = terms.Settings.ToList();
        await using var query = database.CreateCommand(Find);
        foreach (var column in new[] { wanted.Select(s => s.Name), wanted.Select(s => s.Value) })
        {
            query.Parameters.Add(
                new() { Value = column.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        await using var row = await query.ExecuteReaderAsync(cancellation);
        List<string> missing = [];
        while (await row.ReadAsync(cancellation))
        {
            missing.Add(row.GetString(0));
        }

        return missing;
    }

    [LoggerMessage(LogLevel.Warning,
        "Behind the pooler this service does not act as {Role}: it has all rights of the user who logs in. " +
        "Give each service a login of its own, with its role")]
    private partial void LogRoleOff(string role);

    [LoggerMessage(LogLevel.Warning,
        "Behind the pooler sessions lack settings. An administrator gives them with: {Statements}; " +
        "then reconnect the pooler")]
    private partial void LogMissing(string statements);

    [LoggerMessage(LogLevel.Warning, "Role and settings of the pooler's sessions were not checked: {Reason}")]
    private partial void LogUnchecked(string reason);
}
