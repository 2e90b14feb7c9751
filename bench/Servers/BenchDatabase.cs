using Npgsql;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.OutboxRelay.Outbox;
using ServiceDesk.Settings;

namespace ServiceDesk.Bench.Servers;

/// <summary>A database of one case, gone when it is disposed.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly ServerAddresses _servers;
    private readonly string _name = $"bench_{Guid.NewGuid():N}";

    private BenchDatabase(ServerAddresses servers)
    {
        _servers = servers;
        Url = servers.UrlOf(_name);
        Source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(Url.AbsoluteUri))
            {
                ApplicationName = "bench",
                // Filling a table takes as long as it takes.
                CommandTimeout = 0,
            });
        var asService = DatabaseExtensions.WithDefaults(PostgresUrl.ToConnectionString(Url.AbsoluteUri), "bench");
        ServiceSource = NpgsqlDataSource.Create(asService);
        RelaySource = NpgsqlDataSource.Create(DatabaseExtensions.WithOptions(asService, OutboxSql.PlannerOptions));
    }

    /// <summary>In the form of DATABASE_URL.</summary>
    public Uri Url { get; }

    /// <summary>For filling and looking.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>For baselines: connections as the services make theirs.</summary>
    public NpgsqlDataSource ServiceSource { get; }

    /// <summary>For the relay's baseline: connections as the relay makes its own.</summary>
    public NpgsqlDataSource RelaySource { get; }

    /// <summary>Creates it, without tables.</summary>
    public static async Task<BenchDatabase> CreateAsync(ServerAddresses servers, CancellationToken cancellation)
    {
        var database = new BenchDatabase(servers);
        await database.OnServerAsync($"CREATE DATABASE {database._name}", cancellation);
        return database;
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Writes out what earlier measurements left dirty, so that each starts alike.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync("CHECKPOINT", cancellation);
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // A server that is only lent to us checkpoints when it likes.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await ServiceSource.DisposeAsync();
        await RelaySource.DisposeAsync();
        await OnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", CancellationToken.None);
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    private async Task OnServerAsync(string sql, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(
            PostgresUrl.ToConnectionString(_servers.Maintenance.AbsoluteUri))
        {
            Pooling = false,
            CommandTimeout = 0,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
