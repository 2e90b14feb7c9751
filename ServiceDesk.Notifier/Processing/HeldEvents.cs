using Confluent.Kafka;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Operating;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>The held events, in Postgres: their messages count as read in Kafka.</summary>
internal sealed class HeldEvents(NpgsqlDataSource database, NotifierSettings settings)
{
    public const string Paused = "paused";
    public const string BehindFailed = "failed";

    private int _hasAdded;

    public Task<HashSet<Guid>> WaitingAsync(Guid[] tickets, CancellationToken cancellationToken) =>
        IdsAsync(HeldSql.Waiting, cancellationToken, Value(tickets), Value(settings.Holds));

    public Task<HashSet<Guid>> TriedAsync(Guid[] events, CancellationToken cancellationToken) =>
        IdsAsync(HeldSql.Tried, cancellationToken, Value(events));

    /// <summary>In the order given, all or none.</summary>
    public async Task HoldAsync(
        IEnumerable<(ReceivedMessage Message, string Reason)> messages, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var (message, reason) in messages)
        {
            var (raw, held) = (message.Raw, message.Event!);
            var headers = raw.Message.Headers?.ToList() ?? [];
            batch.BatchCommands.Add(new(HeldSql.Hold)
            {
                Parameters =
                {
                    Value(held.EventId), Value(held.EventType), Value(held.AggregateId), Value(reason),
                    Value(raw.Topic), Value(raw.Partition.Value), Value(raw.Offset.Value),
                    Value(raw.Message.Timestamp.UtcDateTime), Bytes(raw.Message.Key), Bytes(raw.Message.Value),
                    Value(headers.Select(h => h.Key).ToArray()),
                    Value(headers.Select(h => h.GetValueBytes() ?? []).ToArray()),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        Volatile.Write(ref _hasAdded, 1);
    }

    /// <summary>Whether this notifier has held events since this was asked last.</summary>
    public bool HasAdded() => Interlocked.Exchange(ref _hasAdded, 0) == 1;

    /// <summary>The next event of each ticket that waits no longer.</summary>
    public async Task<List<(long Id, ReceivedMessage Message)>> NextAsync(
        ActivePauses paused, int limit, CancellationToken cancellationToken)
    {
        await using var find = database.CreateCommand(HeldSql.Next);
        find.Parameters.AddRange(new NpgsqlParameter[]
        {
            Value(paused.EventTypes), Value(paused.Tickets), Value(settings.Holds), Value(limit),
        });
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        var next = new List<(long, ReceivedMessage)>();
        while (await row.ReadAsync(cancellationToken))
        {
            next.Add((row.GetInt64(0), EventReader.Read(Raw(row), isReleased: true)));
        }

        return next;
    }

    public async Task ReleaseAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var release = database.CreateCommand(HeldSql.Release);
        release.Parameters.Add(Value(ids));
        await release.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var count = database.CreateCommand(HeldSql.Count);
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private static ConsumeResult<byte[], byte[]> Raw(NpgsqlDataReader row)
    {
        var headers = new Headers();
        foreach (var (name, value) in row.GetFieldValue<string[]>(7).Zip(row.GetFieldValue<byte[][]>(8)))
        {
            headers.Add(name, value);
        }

        return new()
        {
            TopicPartitionOffset = new(row.GetString(1), row.GetInt32(2), row.GetInt64(3)),
            Message = new()
            {
                Timestamp = new Timestamp(row.GetDateTime(4)),
                Key = row.IsDBNull(5) ? null! : row.GetFieldValue<byte[]>(5),
                Value = row.IsDBNull(6) ? null! : row.GetFieldValue<byte[]>(6),
                Headers = headers,
            },
        };
    }

    private async Task<HashSet<Guid>> IdsAsync(
        string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var find = database.CreateCommand(sql);
        find.Parameters.AddRange(parameters);
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        var ids = new HashSet<Guid>();
        while (await row.ReadAsync(cancellationToken))
        {
            ids.Add(row.GetGuid(0));
        }

        return ids;
    }

    private static NpgsqlParameter Bytes(byte[]? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
