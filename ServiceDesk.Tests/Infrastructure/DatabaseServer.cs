using Npgsql;
using ServiceDesk.ServiceDefaults.Settings;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>The PostgreSQL server of the tests, and fresh databases on it: DATABASE_URL's, or one of our own.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private readonly ThrowAwayCluster? _own;
    private readonly Uri _url;
    private TestDatabase? _template;

    private DatabaseServer(Uri url, ThrowAwayCluster? own) => (_url, _own) = (url, own);

    public static async Task<DatabaseServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } given)
        {
            return new DatabaseServer(new Uri(given), own: null);
        }

        return await StartOwnAsync();
    }

    /// <summary>A server that nobody else uses, so that a test can stop it.</summary>
    public static async Task<DatabaseServer> StartOwnAsync()
    {
        var own = await ThrowAwayCluster.StartNewAsync();
        return new DatabaseServer(own.Url, own);
    }

    /// <summary>The server itself, where it is ours to stop.</summary>
    public IStoppableDatabaseServer? Stoppable => _own;

    /// <summary>The name of a database that does not exist yet.</summary>
    public TestDatabase Absent() => new(this, $"test_{Guid.NewGuid():N}");

    public async Task<TestDatabase> CreateEmptyAsync()
    {
        var database = Absent();
        await ExecuteAsync($"CREATE DATABASE {database.Name}");
        return database;
    }

    /// <summary>A database as the migrator makes it: the migrator runs once, further ones are copies.</summary>
    /// <param name="migrate">Runs the migrator on a database.</param>
    public async Task<TestDatabase> CreateMigratedAsync(Func<TestDatabase, Task> migrate)
    {
        if (_template is null)
        {
            _template = Absent();
            await migrate(_template);
        }

        var database = Absent();
        await ExecuteAsync($"CREATE DATABASE {database.Name} TEMPLATE {_template.Name}");
        return database;
    }

    public Task DropAsync(string name) => ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>The address of a database here, in the form of DATABASE_URL.</summary>
    public string UrlOf(string database) => new UriBuilder(_url) { Path = database }.Uri.AbsoluteUri;

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
        else if (_template is not null)
        {
            await DropAsync(_template.Name);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(UrlOf("postgres"))) { Pooling = false };
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
