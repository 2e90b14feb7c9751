using DbUp.Engine;
using Npgsql;

namespace DbUp.Postgresql;

/// <summary>The table that remembers which scripts ran, column for column as the package makes it.</summary>
internal sealed record Journal(string? Schema, string Table)
{
    private const string ExistsSql = """
        SELECT 1 FROM information_schema.tables
        WHERE table_name = $1 AND ($2::text IS NULL OR table_schema = $2)
        LIMIT 1
        """;

    private string QualifiedTable => string.IsNullOrEmpty(Schema) ? Quote(Table) : $"{Quote(Schema)}.{Quote(Table)}";

    public HashSet<string> ReadExecuted(NpgsqlConnection connection)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (!Exists(connection))
        {
            return names;
        }

        using var command = new NpgsqlCommand($"SELECT scriptname FROM {QualifiedTable}", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public void Ensure(NpgsqlConnection connection)
    {
        if (Exists(connection))
        {
            return;
        }

        using var command = new NpgsqlCommand(
            $"""
            CREATE TABLE {QualifiedTable}
            (
                schemaversionsid serial NOT NULL,
                scriptname character varying(255) NOT NULL,
                applied timestamp without time zone NOT NULL,
                CONSTRAINT {Quote($"PK_{Table}_Id")} PRIMARY KEY (schemaversionsid)
            )
            """,
            connection);
        command.ExecuteNonQuery();
    }

    public void Store(NpgsqlConnection connection, SqlScript script, DateTime applied)
    {
        using var command = new NpgsqlCommand(
            $"INSERT INTO {QualifiedTable} (scriptname, applied) VALUES ($1, $2)", connection);
        command.Parameters.Add(new() { Value = script.Name });
        command.Parameters.Add(new() { Value = DateTime.SpecifyKind(applied, DateTimeKind.Unspecified) });
        command.ExecuteNonQuery();
    }

    private bool Exists(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(ExistsSql, connection);
        command.Parameters.Add(new() { Value = Table });
        command.Parameters.Add(new() { Value = string.IsNullOrEmpty(Schema) ? DBNull.Value : Schema });
        return command.ExecuteScalar() is not null;
    }

    private static string Quote(string identifier)
        => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
