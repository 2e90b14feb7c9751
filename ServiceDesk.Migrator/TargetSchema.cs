using Npgsql;

namespace ServiceDesk.Migrator;

/// <summary>The schema that the tables are in: the first of the search path.</summary>
/// <param name="Name">Not quoted.</param>
/// <param name="MayCreate">Whether tables may be created in it.</param>
internal sealed record TargetSchema(string Name, bool MayCreate)
{
    /// <summary>As the server reads it: names are quoted or fold to lower case, and "$user" counts where such a schema
    /// exists. current_schema() would skip a schema that is missing, and take the next one.</summary>
    private const string First =
        """
        WITH entry AS (
            SELECT position, coalesce(replace(match[1], '""', '"'), lower(match[2])) AS name
            FROM regexp_matches(current_setting('search_path'), '"((?:[^"]|"")+)"|([^",[:space:]]+)', 'g')
                WITH ORDINALITY AS found(match, position)
        )
        SELECT coalesce(own.nspname, entry.name)::text,
               coalesce(own.oid, named.oid) IS NOT NULL,
               coalesce(has_schema_privilege(coalesce(own.oid, named.oid), 'USAGE'), false),
               coalesce(has_schema_privilege(coalesce(own.oid, named.oid), 'CREATE'), false),
               current_user::text
        FROM entry
        LEFT JOIN pg_namespace AS own ON entry.name = '$user' AND own.nspname = current_user
        LEFT JOIN pg_namespace AS named ON named.nspname = entry.name
        WHERE entry.name <> '$user' OR own.oid IS NOT NULL
        ORDER BY position LIMIT 1
        """;

    /// <summary>The statement that lets the migration work in it.</summary>
    public string GrantTo(string user) => $"GRANT USAGE, CREATE ON SCHEMA {Quote(Name)} TO {Quote(user)}";

    /// <summary>Finds the schema, and creates it where it is missing.</summary>
    /// <exception cref="MigrationException">It cannot be created or used; the message has the statement that
    /// helps.</exception>
    public static async Task<TargetSchema> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (schema, exists, mayUse, user) = await FindAsync(connection, cancellation);
        if (!exists)
        {
            await CreateAsync(connection, schema.Name, user, cancellation);
            return schema with { MayCreate = true };
        }

        return mayUse ? schema : throw new MigrationException(
            $"{user} may not use the schema {schema.Name}. An administrator must run: {schema.GrantTo(user)}");
    }

    internal static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"")}\"";

    private static async Task<(TargetSchema Schema, bool Exists, bool MayUse, string User)> FindAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(First, connection);
        await using var row = await query.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? (new(row.GetString(0), row.GetBoolean(3)), row.GetBoolean(1), row.GetBoolean(2), row.GetString(4))
            : throw new MigrationException(
                "the search path is empty: name a schema, as Search Path=desk in the connection string");
    }

    private static async Task CreateAsync(
        NpgsqlConnection connection, string name, string user, CancellationToken cancellation)
    {
        try
        {
            await using var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {Quote(name)}", connection);
            await create.ExecuteNonQueryAsync(cancellation);
            Report.Progress($"schema {name} created");
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationException(
                $"schema {name} does not exist and {user} may not create it. " +
                $"An administrator must run: CREATE SCHEMA {Quote(name)} AUTHORIZATION {Quote(user)}", refused);
        }
    }
}
