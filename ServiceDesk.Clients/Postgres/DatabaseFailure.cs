using System.Net.Sockets;
using Npgsql;

namespace ServiceDesk.Clients.Postgres;

/// <summary>Tells a database that cannot serve now from a statement that is wrong.</summary>
public static class DatabaseFailure
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <returns>Whether waiting and trying again can help: connection lost, server starting or stopping, too many
    /// connections, time-out, or a database that is not set up yet.</returns>
    public static bool IsOutage(Exception failure) => failure switch
    {
        // FATAL: the connection itself was refused or ended, so no statement of ours can be the reason.
        PostgresException refused => refused.IsTransient || refused.InvariantSeverity == "FATAL" || refused.SqlState is
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.QueryCanceled
            or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException => true,
        SocketException or TimeoutException => true,
        _ => false,
    };

    /// <returns>Whether the server says that nothing of the work happened: it undid a conflict or a deadlock, or had
    /// ended the session while it was idle.</returns>
    public static bool IsUndone(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.IdleSessionTimeout or IdleInTransactionTimeout,
    };

    /// <returns>Whether the session ended, so that whether its last statement was committed is not known.</returns>
    public static bool IsSessionLost(Exception failure) => failure switch
    {
        PostgresException ended => ended.InvariantSeverity == "FATAL",
        NpgsqlException { InnerException: IOException or SocketException } => true,
        _ => false,
    };
}
