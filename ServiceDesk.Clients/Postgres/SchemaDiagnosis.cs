using Npgsql;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Finds out what a refusal by Postgres comes from, and who can help.</summary>
internal static class SchemaDiagnosis
{
    /// <summary>Catalogs can be read without any right to what they describe. A schema whose use is not granted is
    /// skipped in the search path, so its tables seem not to be there.</summary>
    private const string Journals =
        """
        -- find schema
        SELECT schema.nspname::text, has_schema_privilege(schema.oid, 'USAGE'), current_user::text,
               current_setting('search_path'), quote_ident(schema.nspname), quote_ident(current_user)
        FROM pg_class AS journal JOIN pg_namespace AS schema ON schema.oid = journal.relnamespace
        WHERE journal.relname = 'schemaversions' AND journal.relkind = 'r'
        ORDER BY schema.nspname = ANY (current_schemas(false)) DESC, schema.nspname LIMIT 1
        """;

    /// <returns>What is missing, in words for an operator.</returns>
    public static async Task<string> ExplainAsync(
        NpgsqlDataSource database, PostgresException refused, CancellationToken cancellation) => refused.SqlState switch
        {
            PostgresErrorCodes.InvalidCatalogName => "the database does not exist yet; run the migrator",
            // The role is set when a session starts; the migrator makes it.
            PostgresErrorCodes.InvalidParameterValue =>
                $"Postgres refuses: {refused.MessageText}; run the migrator, or set Database:Role to another one",
            PostgresErrorCodes.InsufficientPrivilege when refused.InvariantSeverity == "FATAL" =>
                $"Postgres refuses: {refused.MessageText}; the user who logs in needs that role (from Postgres 16 on " +
                "WITH SET TRUE): run the migrator, which grants it or names the statement for an administrator",
            PostgresErrorCodes.UndefinedTable => await FindTablesAsync(database, cancellation),
            PostgresErrorCodes.InsufficientPrivilege =>
                $"Postgres refuses: {refused.MessageText}; run the migrator, which gives the services their rights",
            _ => $"Postgres refuses: {refused.MessageText}",
        };

    private static async Task<string> FindTablesAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        const string None = "the database has no schema yet; run the migrator";
        try
        {
            await using var query = database.CreateCommand(Journals);
            await using var row = await query.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation))
            {
                return None;
            }

            var (schema, mayUse, user) = (row.GetString(0), row.GetBoolean(1), row.GetString(2));
            return mayUse
                ? $"the tables are in the schema {schema}, and the search path of {user} is {row.GetString(3)}: " +
                  $"set Search Path={schema} in the connection string, or run the migrator for tables there"
                : $"{user} may not use the schema {schema}; run the migrator, or have an administrator run: " +
                  $"GRANT USAGE ON SCHEMA {row.GetString(4)} TO {row.GetString(5)}";
        }
        catch (Exception away) when (DatabaseFailure.IsOutage(away))
        {
            return None;
        }
    }
}
