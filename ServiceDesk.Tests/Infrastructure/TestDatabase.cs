using Npgsql;
using ServiceDesk.Settings;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>A database of one test or test class, and a way to look into it.</summary>
internal sealed class TestDatabase(DatabaseServer server, string name) : IAsyncDisposable
{
    private NpgsqlDataSource? _source;

    public string Name => name;

    /// <summary>In the form of DATABASE_URL.</summary>
    public string Url => server.UrlOf(name);

    /// <summary>The tests' own connections; not pooled if the server may be stopped, which would break them.</summary>
    public NpgsqlDataSource Source => _source ??= NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(Url))
        {
            Pooling = server.IsShared,
            ApplicationName = "tests",
        });

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the only row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters) =>
        Assert.Single(await RowsAsync(row => row.GetFieldValue<T>(0), sql, parameters));

    public async Task<List<T>> RowsAsync<T>(Func<NpgsqlDataReader, T> read, string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        await server.DropAsync(name);
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
}
