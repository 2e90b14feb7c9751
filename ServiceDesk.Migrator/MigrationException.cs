namespace ServiceDesk.Migrator;

/// <summary>The migration cannot be finished; the message says at what, and why.</summary>
internal sealed class MigrationException(string message, Exception? cause = null) : Exception(message, cause);
