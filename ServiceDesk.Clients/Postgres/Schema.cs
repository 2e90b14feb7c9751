using Npgsql;
using NpgsqlTypes;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Whether the database is one that this build can work with: there, of the right schema, and taking
/// writes.</summary>
public sealed class Schema(NpgsqlDataSource database)
{
    /// <summary>The newest migration this build relies on, by its name in DbUp's journal.</summary>
    public const string RequiredScript = "ServiceDesk.Migrator.Scripts.0011_queue_by_ticket.sql";

    private const string Look =
        """
        -- check schema
        SELECT EXISTS (SELECT FROM schemaversions WHERE scriptname = $1),
               pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
               current_setting('server_encoding')
        """;

    /// <summary>Writes nothing, so a full disk goes unseen until a request meets it.</summary>
    /// <returns>What is wrong, in words for an operator, or null.</returns>
    public async Task<string?> ProblemAsync(CancellationToken cancellation)
    {
        try
        {
            return await Retry.ReadAsync(() => LookAsync(cancellation), cancellation);
        }
        catch (PostgresException refused)
        {
            return await SchemaDiagnosis.ExplainAsync(database, refused, cancellation);
        }
        catch (ReadOnlyServerException standby)
        {
            return $"Postgres cannot be used: {standby.Message}";
        }
        catch (Exception e) when (DatabaseFailure.IsOutage(e))
        {
            // Not NpgsqlException alone: a pool's first connection that takes too long throws a plain TimeoutException.
            return $"Postgres does not answer: {e.InnerException?.Message ?? e.Message}";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A driver that loses its place in a session's answers says so with a plain exception; the next look opens
            // another session.
            return $"Postgres' answer cannot be read: {e.Message}";
        }
    }

    private async Task<string?> LookAsync(CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(Look);
        query.Parameters.Add(new() { Value = RequiredScript, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await query.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        if (WritableSessions.Problem(row.GetBoolean(1), row.GetBoolean(2)) is { } readOnly)
        {
            // The session could write when it was opened; see WritableSessions.
            database.Clear();
            return $"Postgres cannot be used: {readOnly}";
        }

        if (!row.GetBoolean(0))
        {
            return $"the schema is older than this build: {RequiredScript} is not applied; run the migrator";
        }

        return row.GetString(3) is var encoding and not "UTF8"
            ? $"the database's encoding is {encoding} and must be UTF8; run the migrator, which says what to do"
            : null;
    }
}
