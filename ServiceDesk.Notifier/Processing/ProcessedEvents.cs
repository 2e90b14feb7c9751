using Npgsql;
using ServiceDesk.Notifier.Events;

namespace ServiceDesk.Notifier.Processing;

/// <summary>The memory of the idempotent consumer, and the effect, in Postgres.</summary>
internal sealed class ProcessedEvents(NpgsqlDataSource database) : IEventStore
{
    public async Task<HashSet<Guid>> ApplyAsync(
        IReadOnlyCollection<TicketEvent> events, CancellationToken cancellationToken)
    {
        await using var apply = database.CreateCommand(ProcessingSql.Apply);
        apply.Parameters.AddRange(new NpgsqlParameter[]
        {
            Value(events.Select(e => e.EventId).ToArray()),
            Value(events.Select(e => e.EventType).ToArray()),
            Value(events.Select(e => e.Aggregate).ToArray()),
            Value(events.Select(e => e.AggregateId).ToArray()),
            Value(events.Select(e => e.NotificationText).ToArray()),
        });
        var applied = new HashSet<Guid>(events.Count);
        await using var reader = await apply.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetGuid(0));
        }

        return applied;
    }

    public async Task<int?> RecordAttemptAsync(TicketEvent failed, string error, CancellationToken cancellationToken)
    {
        await using var record = database.CreateCommand(ProcessingSql.RecordAttempt);
        record.Parameters.AddRange(new NpgsqlParameter[]
        {
            Value(failed.EventId), Value(failed.EventType), Value(failed.Aggregate),
            Value(failed.AggregateId), Value(error),
        });
        return (int?)await record.ExecuteScalarAsync(cancellationToken);
    }

    public async Task MarkFailedAsync(Guid[] eventIds, CancellationToken cancellationToken)
    {
        if (eventIds.Length == 0)
        {
            return;
        }

        await using var mark = database.CreateCommand(ProcessingSql.MarkFailed);
        mark.Parameters.Add(Value(eventIds));
        await mark.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>How many ids were deleted, at most <paramref name="limit"/>.</returns>
    public async Task<int> DeleteDoneAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        await using var delete = database.CreateCommand(ProcessingSql.DeleteDone);
        delete.Parameters.AddRange(new NpgsqlParameter[] { Value(retention), Value(limit) });
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };
}
