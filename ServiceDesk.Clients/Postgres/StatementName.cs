namespace ServiceDesk.Clients.Postgres;

/// <summary>A statement's name, from the comment it begins with, such as <c>-- create tickets</c>. Postgres shows the
/// same comment in <c>pg_stat_activity</c> and <c>pg_stat_statements</c>.</summary>
public static class StatementName
{
    private const string Comment = "-- ";

    /// <returns>Null when it has none: its span is called after the database.</returns>
    public static string? Read(string sql)
    {
        if (!sql.StartsWith(Comment, StringComparison.Ordinal))
        {
            return null;
        }

        var end = sql.AsSpan().IndexOfAny('\r', '\n');
        return (end < 0 ? sql : sql[..end])[Comment.Length..];
    }
}
