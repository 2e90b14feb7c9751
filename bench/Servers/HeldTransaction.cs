using Npgsql;

namespace ServiceDesk.Bench.Servers;

/// <summary>A session with an open snapshot, as a dump has one for hours.</summary>
internal static class HeldTransaction
{
    public static async Task<NpgsqlConnection> OpenAsync(BenchDatabase database, CancellationToken cancellation)
    {
        var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var begin = new NpgsqlCommand(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM tickets", connection);
        await begin.ExecuteNonQueryAsync(cancellation);
        return connection;
    }
}
