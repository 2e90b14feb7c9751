using Diag.CommandLine;
using Npgsql;

namespace Diag.Postgres;

internal static class PostgresFailure
{
    public static DiagException Explain(Exception e, DiagSettings settings)
    {
        var connection = settings.Connection();
        var server = $"Postgres at {connection.Host}:{connection.Port}";
        return e switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable
            } =>
                DiagException.Unavailable($"{server} has no schema yet: make migrate-up"),
            PostgresException refused =>
                DiagException.Unavailable($"{server} refused: {refused.MessageText} ({refused.SqlState})"),
            _ => DiagException.Unavailable($"{server} does not answer ({(e.InnerException ?? e).Message})"),
        };
    }
}
