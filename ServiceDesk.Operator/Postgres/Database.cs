using Npgsql;
using ServiceDesk.Operator.CommandLine;

namespace ServiceDesk.Operator.Postgres;

/// <summary>One connection for one command.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private Database(NpgsqlConnection connection) => _connection = connection;

    public static async Task<Database> OpenAsync(DiagRun run)
    {
        var connection = new NpgsqlConnection(run.Settings.Connection().ConnectionString);
        try
        {
            await connection.OpenAsync(run.Cancelled);
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public async Task<IReadOnlyList<object?[]>> RowsAsync(
        string sql, CancellationToken cancelled, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancelled);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(cancelled))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    public async Task<int> ExecuteAsync(string sql, CancellationToken cancelled, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancelled);
    }

    /// <summary>Changes rows, does something else, and commits only when that succeeded.</summary>
    /// <returns>False when no row fitted; then nothing else was done.</returns>
    public async Task<bool> InTransactionAsync(
        string change, Func<Task> also, CancellationToken cancelled, params NpgsqlParameter[] parameters)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancelled);
        await using var command = new NpgsqlCommand(change, _connection, transaction);
        command.Parameters.AddRange(parameters);
        if (await command.ExecuteNonQueryAsync(cancelled) == 0)
        {
            return false;
        }

        await also();
        await transaction.CommitAsync(cancelled);
        return true;
    }

    /// <summary>The rows of a query under the given head, one name per column.</summary>
    public async Task<Table> TableAsync(string sql, CancellationToken cancelled, params string[] head)
    {
        var table = new Table(head);
        foreach (var row in await RowsAsync(sql, cancelled))
        {
            table.Add(row);
        }

        return table;
    }
}
