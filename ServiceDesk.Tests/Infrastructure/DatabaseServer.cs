using Npgsql;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>The PostgreSQL server of the tests, and fresh databases on it: DATABASE_URL's, or one of our own.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private readonly ThrowAwayCluster? _own;
    private readonly Uri _url;
    private TestDatabase? _template;

    private DatabaseServer(Uri url, ThrowAwayCluster? own, bool shared) => (_url, _own, IsShared) = (url, own, shared);

    /// <summary>A server for many tests: none of them may stop it.</summary>
    public static Task<DatabaseServer> StartSharedAsync() => StartAsync(shared: true);

    /// <summary>A server that no other test uses.</summary>
    public static Task<DatabaseServer> StartUnsharedAsync() => StartAsync(shared: false);

    /// <summary>A server that nobody else uses, whatever the environment names, so that a test can stop it.</summary>
    public static Task<DatabaseServer> StartOwnAsync() => StartOwnAsync(shared: false);

    /// <summary>As <see cref="StartOwnAsync()"/>, made with another encoding than UTF8.</summary>
    public static async Task<DatabaseServer> StartOwnAsync(string encoding)
    {
        var own = await ThrowAwayCluster.StartNewAsync(encoding);
        return new DatabaseServer(own.Url, own, shared: false);
    }

    /// <summary>The cluster behind it, where it is our own.</summary>
    public ThrowAwayCluster? Own => _own;

    public bool IsShared { get; }

    /// <summary>The server itself, where it may be stopped.</summary>
    public IStoppableDatabaseServer? Stoppable => IsShared ? null : _own;

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

    /// <summary>Removes a database, but not from a server that is ours: that goes with all of them, and file systems
    /// are slow to make files where they have just deleted some.</summary>
    public Task DropAsync(string name) =>
        _own is not null ? Task.CompletedTask : ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

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

    private static async Task<DatabaseServer> StartAsync(bool shared) =>
        Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } given
            ? new DatabaseServer(new Uri(given), own: null, shared)
            : await StartOwnAsync(shared);

    private static async Task<DatabaseServer> StartOwnAsync(bool shared)
    {
        var own = await ThrowAwayCluster.StartNewAsync();
        return new DatabaseServer(own.Url, own, shared);
    }

    /// <summary>The server's major version.</summary>
    public async Task<int> VersionAsync()
    {
        await using var connection = await OpenAsync();
        return connection.PostgreSqlVersion.Major;
    }

    /// <summary>Runs a statement in the server's own database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var url = PostgresUrl.ToConnectionString(UrlOf("postgres"));
        var connectionString = new NpgsqlConnectionStringBuilder(url) { Pooling = false };
        var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
