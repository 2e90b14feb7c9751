namespace LocalPostgres;

/// <summary>PostgreSQL cannot be run here; the message says in one line what to do.</summary>
public sealed class PostgresException(string message) : Exception(message);
