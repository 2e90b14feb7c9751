using Npgsql;

namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>The outbox table as the relay sees it. Each method is one round trip and one transaction.</summary>
internal sealed class OutboxStore(NpgsqlDataSource database)
{
    /// <summary>Claims up to <paramref name="limit"/> due events.</summary>
    public async Task<ClaimedBatch> ClaimAsync(int limit, CancellationToken cancellation)
    {
        var token = Guid.NewGuid();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(OutboxSql.SerializeClaims));
        // The barrier commits the claim before the rows are read.
        batch.BatchCommands.Add(new(OutboxSql.Claim) { Parameters = { Value(token), Value(limit) }, AppendErrorBarrier = true });
        batch.BatchCommands.Add(new(OutboxSql.ReadClaimed) { Parameters = { Value(token) } });

        var events = new List<OutboxEvent>();
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            events.Add(new OutboxEvent(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetGuid(3), reader.GetString(4),
                reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6), reader.GetInt32(7), reader.GetDateTime(8)));
        }

        return new ClaimedBatch(token, events);
    }

    /// <returns>How many rows were still ours to mark.</returns>
    public Task<int> MarkSentAsync(Guid token, long[] ids, CancellationToken cancellation) =>
        ExecuteAsync(OutboxSql.MarkSent, cancellation, Value(token), Value(ids));

    /// <inheritdoc cref="MarkSentAsync"/>
    public Task<int> ReleaseAsync(Guid token, IReadOnlyCollection<Refusal> refusals, CancellationToken cancellation) =>
        ExecuteAsync(OutboxSql.Release, cancellation, Value(token),
            Value(refusals.Select(r => r.Id).ToArray()),
            Value(refusals.Select(r => r.Error).ToArray()),
            Value(refusals.Select(r => r.Delay).ToArray()),
            Value(refusals.Select(r => r.Counts).ToArray()));

    /// <inheritdoc cref="MarkSentAsync"/>
    public Task<int> MarkFailedAsync(Guid token, long id, string error, CancellationToken cancellation) =>
        ExecuteAsync(OutboxSql.MarkFailed, cancellation, Value(token), Value(id), Value(error));

    /// <returns>How many rows went back to pending.</returns>
    public Task<int> ReapAsync(TimeSpan lease, CancellationToken cancellation) =>
        ExecuteAsync(OutboxSql.Reap, cancellation, Value(lease));

    public async Task<Backlog> BacklogAsync(CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(OutboxSql.Backlog);
        await using var reader = await query.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Backlog(reader.GetInt64(0), Math.Max(0, reader.GetDouble(1)));
    }

    /// <returns>Where the next window begins, and how many rows of this one were deleted and looked at.</returns>
    public async Task<(long Last, long Deleted, long Looked)> DeleteSentAsync(
        long after, TimeSpan retention, int window, CancellationToken cancellation)
    {
        await using var delete = database.CreateCommand(OutboxSql.DeleteSent);
        delete.Parameters.AddRange(new NpgsqlParameter[] { Value(after), Value(retention), Value(window) });
        await using var reader = await delete.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
