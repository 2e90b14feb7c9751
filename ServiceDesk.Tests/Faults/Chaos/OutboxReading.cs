using ServiceDesk.Tests.Faults.Checking;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>Reads the whole outbox for the checker.</summary>
internal static class OutboxReading
{
    private const string All =
        """
        SELECT id, event_id, aggregate_id, (payload->>'version')::int, headers->>'request_id', status
        FROM outbox ORDER BY id
        """;

    public static Task<List<OutboxRow>> AllAsync(TestDatabase database) => database.RowsAsync(
        row => new OutboxRow(
            row.GetInt64(0), row.GetGuid(1), row.GetGuid(2), row.GetInt32(3),
            row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5)),
        All);
}
