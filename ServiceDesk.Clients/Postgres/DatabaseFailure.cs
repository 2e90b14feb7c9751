using System.Net.Sockets;
using Npgsql;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Tells a database that cannot serve now from a statement that is wrong.</summary>
public static class DatabaseFailure
{
    /// <returns>Whether waiting and trying again can help: connection lost, server starting or stopping, too many
    /// connections, time-out, or a database that is not set up yet.</returns>
    public static bool IsOutage(Exception failure) => failure switch
    {
        // FATAL: the connection itself was refused or ended, so no statement of ours can be the reason.
        PostgresException refused => refused.IsTransient || refused.InvariantSeverity == "FATAL" || refused.SqlState is
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException => true,
        SocketException or TimeoutException => true,
        _ => false,
    };
}
