using Npgsql;
using NpgsqlTypes;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Whether the database has the schema this build needs.</summary>
public sealed class Schema(NpgsqlDataSource database)
{
    /// <summary>The newest migration this build relies on, by its name in DbUp's journal.</summary>
    public const string RequiredScript = "ServiceDesk.Migrator.Scripts.0008_consumed_topics.sql";

    private const string IsApplied = "SELECT EXISTS (SELECT FROM schemaversions WHERE scriptname = $1)";

    /// <returns>What is wrong, in words for an operator, or null.</returns>
    public async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        try
        {
            await using var query = database.CreateCommand(IsApplied);
            query.Parameters.Add(new() { Value = RequiredScript, NpgsqlDbType = NpgsqlDbType.Text });
            return await query.ExecuteScalarAsync(cancellation) is true
                ? null
                : $"the schema is older than this build: {RequiredScript} is not applied; run the migrator";
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName)
        {
            return "the database has no schema yet; run the migrator";
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidParameterValue)
        {
            // The migration makes the role that the service acts as, too.
            return $"Postgres refuses: {e.MessageText}; run the migrator";
        }
        catch (PostgresException e)
        {
            return $"Postgres refuses: {e.MessageText}";
        }
        catch (Exception e) when (DatabaseFailure.IsOutage(e))
        {
            // Not NpgsqlException alone: a pool's first connection that takes too long throws a plain TimeoutException.
            return $"Postgres does not answer: {e.InnerException?.Message ?? e.Message}";
        }
    }
}
