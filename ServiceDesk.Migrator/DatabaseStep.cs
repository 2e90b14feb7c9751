using Npgsql;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.Migrator;

/// <summary>Creates the database if it is missing, brings its schema up to date, and gives the services their rights.
/// Any number may run at once: they take turns.</summary>
internal static class DatabaseStep
{
    /// <summary>An arbitrary key: the ASCII codes of "migrate".</summary>
    private const long LockKey = 0x6d696772617465;

    /// <summary>The lock belongs to a transaction, because a pooler hands sessions around. The transaction does nothing
    /// else, so it holds back neither vacuum nor other transactions, however long the migration takes.</summary>
    private static readonly string TakeTurn =
        $"""
        SET LOCAL idle_in_transaction_session_timeout = 0;
        SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = 0;
        SELECT pg_advisory_xact_lock({LockKey});
        """;

    private static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(MigrationPlan plan, CancellationToken cancellation)
    {
        await using var database = plan.OpenSource(plan.Database.Database!);
        await TargetDatabase.EnsureAsync(database, plan, cancellation);
        try
        {
            await MigrateAsync(database, plan, cancellation);
        }
        catch (NpgsqlException lost)
        {
            throw new MigrationException($"Postgres failed during the migration: {lost.Message}. Run this again", lost);
        }
    }

    private static async Task MigrateAsync(
        NpgsqlDataSource database, MigrationPlan plan, CancellationToken cancellation)
    {
        await using var gate = await database.OpenConnectionAsync(cancellation);
        await using var turn = await gate.BeginTransactionAsync(cancellation);
        await using (var take = new NpgsqlCommand(TakeTurn, gate) { CommandTimeout = (int)TurnLimit.TotalSeconds })
        {
            await take.ExecuteNonQueryAsync(cancellation);
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await TargetDatabase.RequireUtf8Async(connection, cancellation);
        var schema = await TargetSchema.EnsureAsync(connection, cancellation);
        await new SchemaUpgrade(database, connection, schema, plan.Settings).RunAsync(cancellation);
        await OutboxIds.MendAsync(connection, cancellation);
        await RightsStep.RunAsync(connection, plan.Role, cancellation);
    }
}
