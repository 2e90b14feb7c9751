using System.Collections.Concurrent;
using Npgsql;
using ServiceDesk.Clients.Operating;

namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>The outbox table as the relay sees it. Each method is one round trip.</summary>
internal sealed class OutboxStore(
    NpgsqlDataSource database, ServiceInstance? instance = null, RelaySettings? settings = null)
{
    /// <summary>Stored payload in one batch, about: with the batches in flight it bounds the relay's memory.</summary>
    private const long BatchBytes = 16 * 1024 * 1024;

    /// <summary>The exact part of the backlog's count.</summary>
    private const int Counted = 1_000;

    private const int HeldCounted = 10_000;

    /// <summary>For statements that may pass over the leftovers of millions of events, as the first claim does while a
    /// transaction is held open.</summary>
    private static readonly TimeSpan LongWalk = TimeSpan.FromMinutes(1);

    private readonly ServiceInstance _instance = instance ?? new();
    private readonly bool _holds = settings?.Holds ?? false;
    private long _expectedBlocked;

    /// <summary>Where claims begin to read.</summary>
    public ClaimFloor Floor { get; } = new();

    /// <summary>Tokens of claims that failed here and may have been committed there, so that nobody settles what they
    /// took (P6). For the reaper to take out.</summary>
    public ConcurrentQueue<Guid> FailedClaims { get; } = new();

    /// <summary>Claims up to <paramref name="limit"/> due events. Not for several callers at once.</summary>
    public Task<ClaimedBatch> ClaimAsync(int limit, CancellationToken cancellationToken) =>
        ClaimAsync(limit, ActivePauses.None, cancellationToken);

    /// <summary>The same, without events that are paused and what follows them in their tickets.</summary>
    public async Task<ClaimedBatch> ClaimAsync(int limit, ActivePauses paused, CancellationToken cancellationToken)
    {
        var token = _instance.NewToken();
        try
        {
            return await ClaimAsync(token, limit, paused, cancellationToken);
        }
        catch
        {
            FailedClaims.Enqueue(token);
            throw;
        }
    }

    private async Task<ClaimedBatch> ClaimAsync(
        Guid token, int limit, ActivePauses paused, CancellationToken cancellationToken)
    {
        var floor = Floor.Value;
        var window = limit + _expectedBlocked;
        var asksWriters = Floor.WantsWriters;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(OutboxSql.Begin));
        batch.BatchCommands.Add(new(OutboxSql.SerializeClaims));
        batch.BatchCommands.Add(new(OutboxSql.Claim)
        {
            Parameters =
            {
                Value(token), Value(floor), Value(window), Value(limit), Value(BatchBytes),
                Value(paused.EventTypes), Value(paused.Tickets), Value(_holds),
            },
        });
        batch.BatchCommands.Add(new(OutboxSql.Commit));
        batch.BatchCommands.Add(new(OutboxSql.ReadClaimed) { Parameters = { Value(token) } });
        if (asksWriters)
        {
            batch.BatchCommands.Add(new(OutboxSql.Writers));
        }

        if (floor == 0)
        {
            batch.Timeout = (int)LongWalk.TotalSeconds;
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var claim = await ReadClaimAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var events = await ReadEventsAsync(reader, cancellationToken);
        string[]? writers = null;
        if (asksWriters)
        {
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            writers = reader.GetFieldValue<string[]>(reader.GetOrdinal("writers"));
        }

        Floor.Read(claim.Lowest, claim.Highest, writers);
        var isWindowFull = claim.Unsent >= window;
        // What is in flight or blocked takes room in the window, and comes and goes by whole batches.
        _expectedBlocked = isWindowFull && claim.Claimed < limit
            ? 2 * window
            : Math.Max(claim.Unsent - claim.Free + (limit / 4), _expectedBlocked * 3 / 4);
        return new ClaimedBatch(token, events,
            HasMore: isWindowFull || (claim.Claimed > 0 && claim.Free > claim.Claimed),
            HasBlocked: claim.Due > claim.Free);
    }

    /// <returns>How many rows were still ours to mark.</returns>
    public Task<int> MarkSentAsync(Guid token, long[] ids, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.MarkSent, cancellationToken, Value(token), Value(ids));

    /// <inheritdoc cref="MarkSentAsync"/>
    public async Task<int> ReleaseAsync(
        Guid token, IReadOnlyCollection<Refusal> refusals, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var alike in refusals.GroupBy(r => (r.Error, r.Delay, r.Counts), r => r.Id))
        {
            batch.BatchCommands.Add(new(OutboxSql.Release)
            {
                Parameters =
                {
                    Value(token), Value(alike.ToArray()),
                    Value(alike.Key.Error), Value(alike.Key.Delay), Value(alike.Key.Counts),
                },
            });
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc cref="MarkSentAsync"/>
    public Task<int> MarkFailedAsync(Guid token, long id, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.MarkFailed, cancellationToken, Value(token), Value(id), Value(error));

    /// <param name="lease">Claims older than this by the database's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="expired">Claims whose lease ended by the caller's own clock.</param>
    /// <returns>How many rows went back to pending.</returns>
    public Task<int> ReapAsync(TimeSpan lease, CancellationToken cancellationToken, params Guid[] expired) =>
        ExecuteAsync(OutboxSql.Reap, cancellationToken,
            Value(lease), Value(Floor.Value), Value(Floor.Top), Value(expired));

    /// <summary>What a clock that was set back keeps in the future.</summary>
    /// <param name="longestWait">No relay plans a retry later than this.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<AheadOfTheClock>> FindAheadOfTheClockAsync(
        TimeSpan longestWait, CancellationToken cancellationToken)
    {
        await using var query = Command(
            OutboxSql.AheadOfTheClock, Value(Floor.Value), Value(Floor.Top), Value(longestWait));
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        var (id, token) = (reader.GetOrdinal("id"), reader.GetOrdinal("claim_token"));
        var found = new List<AheadOfTheClock>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new AheadOfTheClock(reader.GetInt64(id), reader.IsDBNull(token) ? null : reader.GetGuid(token)));
        }

        return found;
    }

    /// <returns>How many retries were made due.</returns>
    public Task<int> MakeDueAsync(long[] ids, TimeSpan longestWait, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.MakeDue, cancellationToken, Value(ids), Value(longestWait));

    /// <summary>Lets claims read from the lowest unsent event on, where that is below what they read.</summary>
    public async Task LookBelowFloorAsync(CancellationToken cancellationToken)
    {
        await using var query = Command(OutboxSql.FindBelowFloor, Value(Floor.Value));
        query.CommandTimeout = (int)LongWalk.TotalSeconds;
        if (await query.ExecuteScalarAsync(cancellationToken) is long found)
        {
            Floor.Lower(found);
        }
    }

    public async Task<Backlog> BacklogAsync(CancellationToken cancellationToken, ActivePauses? paused = null)
    {
        await using var query = Command(
            OutboxSql.Backlog, Value(Floor.Value), Value(Counted), Value(paused?.EventTypes ?? []),
            Value(paused?.Tickets ?? []), Value(_holds));
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var oldest = reader.GetOrdinal("oldest");
        return new Backlog(
            reader.GetInt64(reader.GetOrdinal("pending")),
            reader.GetDouble(reader.GetOrdinal("lag")),
            reader.IsDBNull(oldest) ? null : reader.GetInt64(oldest));
    }

    /// <returns>How many events wait behind a failed one, at most some thousands; 0 where those may pass.</returns>
    public async Task<long> HeldAsync(CancellationToken cancellationToken)
    {
        if (!_holds)
        {
            return 0;
        }

        await using var query = Command(OutboxSql.Held, Value(Floor.Value), Value(HeldCounted));
        return (long)(await query.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>How many ids the sequence is behind those that are there.</returns>
    public async Task<long> SequenceBehindAsync(CancellationToken cancellationToken)
    {
        await using var query = Command(OutboxSql.SequenceBehind);
        return (long)(await query.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Where the next window begins, and how many rows of this one were deleted and looked at.</returns>
    public async Task<(long Last, long Deleted, long Looked)> DeleteSentAsync(
        long after, TimeSpan retention, int window, CancellationToken cancellationToken)
    {
        await using var delete = Command(OutboxSql.DeleteSent, Value(after), Value(retention), Value(window));
        await using var reader = await delete.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(reader.GetOrdinal("last")), reader.GetInt64(reader.GetOrdinal("deleted")),
            reader.GetInt64(reader.GetOrdinal("looked")));
    }

    private static async Task<Claim> ReadClaimAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        return new Claim(Number("claimed")!.Value, Number("free")!.Value, Number("unsent")!.Value, Number("due")!.Value,
            Number("lowest"), Number("highest"));

        long? Number(string column)
        {
            var ordinal = reader.GetOrdinal(column);
            return reader.IsDBNull(ordinal) ? null : reader.GetInt64(ordinal);
        }
    }

    private static async Task<List<OutboxEvent>> ReadEventsAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var id = reader.GetOrdinal("id");
        var (eventId, eventType) = (reader.GetOrdinal("event_id"), reader.GetOrdinal("event_type"));
        var (aggregate, aggregateId) = (reader.GetOrdinal("aggregate"), reader.GetOrdinal("aggregate_id"));
        var (payload, headers) = (reader.GetOrdinal("payload"), reader.GetOrdinal("headers"));
        var (attempts, createdAt) = (reader.GetOrdinal("attempts"), reader.GetOrdinal("created_at"));
        var events = new List<OutboxEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new OutboxEvent(
                reader.GetInt64(id), reader.GetGuid(eventId), reader.GetString(aggregate), reader.GetGuid(aggregateId),
                reader.GetString(eventType),
                reader.GetFieldValue<byte[]>(payload), reader.GetFieldValue<byte[]>(headers),
                reader.GetInt32(attempts), reader.GetDateTime(createdAt)));
        }

        return events;
    }

    private async Task<int> ExecuteAsync(
        string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private readonly record struct Claim(long Claimed, long Free, long Unsent, long Due, long? Lowest, long? Highest);
}

/// <summary>What is not sent yet, claimed or not.</summary>
/// <param name="Pending">How many; beyond some thousands an estimate.</param>
/// <param name="LagSeconds">Age of the oldest, by the database's clock.</param>
/// <param name="OldestId">The first one in order.</param>
internal readonly record struct Backlog(long Pending, double LagSeconds, long? OldestId);

/// <summary>A row with a time in the future, where the clock must have been set back.</summary>
/// <param name="Id">The row.</param>
/// <param name="Token">Its claim; null when it waits for a retry.</param>
internal readonly record struct AheadOfTheClock(long Id, Guid? Token);
