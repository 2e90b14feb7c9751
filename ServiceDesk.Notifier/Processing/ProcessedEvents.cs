using Npgsql;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>The memory of the idempotent consumer, and the effect, in Postgres.</summary>
internal sealed class ProcessedEvents(NpgsqlDataSource database)
{
    /// <summary>Processes events that are all different, in one transaction.</summary>
    /// <returns>The ids whose effect happened now; the others are duplicates.</returns>
    public async Task<HashSet<Guid>> ProcessAsync(IReadOnlyCollection<TicketEvent> events, CancellationToken cancellation)
    {
        await using var process = database.CreateCommand(ProcessingSql.Process);
        process.Parameters.AddRange(new NpgsqlParameter[]
        {
            Value(events.Select(e => e.EventId).ToArray()),
            Value(events.Select(e => e.EventType).ToArray()),
            Value(events.Select(e => e.Aggregate).ToArray()),
            Value(events.Select(e => e.AggregateId).ToArray()),
            Value(events.Select(e => e.NotificationText).ToArray()),
        });
        var done = new HashSet<Guid>(events.Count);
        await using var reader = await process.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            done.Add(reader.GetGuid(0));
        }

        return done;
    }

    /// <returns>How often the event was tried by now, or null when it is done or failed already.</returns>
    public async Task<int?> RecordAttemptAsync(TicketEvent failed, string error, CancellationToken cancellation)
    {
        await using var record = database.CreateCommand(ProcessingSql.RecordAttempt);
        record.Parameters.AddRange(new NpgsqlParameter[]
        {
            Value(failed.EventId), Value(failed.EventType), Value(failed.Aggregate), Value(failed.AggregateId), Value(error),
        });
        return (int?)await record.ExecuteScalarAsync(cancellation);
    }

    public async Task MarkFailedAsync(Guid eventId, CancellationToken cancellation)
    {
        await using var mark = database.CreateCommand(ProcessingSql.MarkFailed);
        mark.Parameters.Add(Value(eventId));
        await mark.ExecuteNonQueryAsync(cancellation);
    }

    /// <returns>How many ids were deleted, at most <paramref name="limit"/>.</returns>
    public async Task<int> DeleteDoneAsync(TimeSpan retention, int limit, CancellationToken cancellation)
    {
        await using var delete = database.CreateCommand(ProcessingSql.DeleteDone);
        delete.Parameters.AddRange(new NpgsqlParameter[] { Value(retention), Value(limit) });
        return await delete.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
