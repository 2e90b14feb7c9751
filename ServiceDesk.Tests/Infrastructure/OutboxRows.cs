using System.Text.Json;

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Outbox rows for tests of the relay, which has no need of tickets.</summary>
internal static class OutboxRows
{
    /// <summary>Adds pending events of one ticket.</summary>
    /// <returns>Their row ids, in order.</returns>
    public static async Task<long[]> AddEventsAsync(
        this TestDatabase database, Guid ticket, int count = 1, string title = "Printer on fire")
    {
        var payload = JsonSerializer.Serialize(new { ticket_id = ticket, title, status = "open", version = 1 });
        return [.. await database.RowsAsync(
            row => row.GetInt64(0),
            """
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
            SELECT gen_random_uuid(), 'ticket', $1, 'ticket.created', $3::text::jsonb, '{"request_id":"test"}'
            FROM generate_series(1, $2)
            RETURNING id
            """, ticket, count, payload)];
    }

    public static Task<string> StatusAsync(this TestDatabase database, long row) =>
        database.ScalarAsync<string>("SELECT status FROM outbox WHERE id = $1", row);

    /// <summary>How many rows there are of each status: "pending=1 sent=3".</summary>
    public static Task<string> StatusesAsync(this TestDatabase database) => database.ScalarAsync<string>(
        "SELECT coalesce(string_agg(status || '=' || n, ' ' ORDER BY status), '') "
        + "FROM (SELECT status, count(*) AS n FROM outbox GROUP BY status) s");

    /// <summary>Waits until there are so many rows, all of them sent.</summary>
    public static Task AllAreSentAsync(this TestDatabase database, long count, TimeSpan? limit = null) =>
        Eventually.SeesAsync(
            "every event is sent", database.StatusesAsync, statuses => statuses == $"sent={count}", limit);

    /// <summary>The events in the order of the changes they tell of.</summary>
    public static Task<List<string>> EventIdsAsync(this TestDatabase database) =>
        database.RowsAsync(row => row.GetGuid(0).ToString(), "SELECT event_id FROM outbox ORDER BY id");
}
