using System.Diagnostics.CodeAnalysis;
using DbUp.Builder;

/// <summary>Outside any namespace, as in the package, so that it needs no using directive.</summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The package has it there.")]
public static class PostgresqlExtensions
{
    public static UpgradeEngineBuilder PostgresqlDatabase(this SupportedDatabases supported, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(supported);
        return new UpgradeEngineBuilder(connectionString);
    }

    public static UpgradeEngineBuilder JournalToPostgresqlTable(
        this UpgradeEngineBuilder builder, string? schema, string table)
    {
        builder.Journal = new(schema, table);
        return builder;
    }
}
