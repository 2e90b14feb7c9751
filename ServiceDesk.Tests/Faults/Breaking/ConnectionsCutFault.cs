using Npgsql;
using ServiceDesk.Settings;
using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>pg_terminate_backend on everyone who is connected to the database, several times in a row.</summary>
internal sealed class ConnectionsCutFault : IFault
{
    private const string Cut =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        + "WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public string Name => "pg_terminate_backend";

    public FaultTargets Targets => FaultTargets.Database;

    public async Task<string> StrikeAsync(ChaosSystem system, Random random)
    {
        var url = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(system.Database.Url))
        {
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(url.ConnectionString);
        await connection.OpenAsync();
        await using var cut = new NpgsqlCommand(Cut, connection);
        var victims = 0L;
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            victims += (long)(await cut.ExecuteScalarAsync())!;
            await Task.Delay(Pause);
        }

        return $"{victims} connections";
    }
}
