using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>Fills the outbox like callers that change many tickets at once: a ticket's changes are far enough apart to
/// fall into two batches.</summary>
internal static class SeededOutbox
{
    private const int TicketsAtATime = 100;

    private const string Insert =
        """
        INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
        SELECT gen_random_uuid(), 'ticket', ticket,
               CASE version WHEN 1 THEN 'ticket.created' ELSE 'ticket.status_changed' END,
               jsonb_build_object('ticket_id', ticket, 'title', 'Seeded', 'old_status', 'open', 'status', 'open',
                   'version', version),
               jsonb_build_object('request_id', 'seed-' || ticket || '-' || version)
        FROM unnest($1::uuid[]) AS ticket CROSS JOIN generate_series(1, $2) AS version
        ORDER BY version, ticket
        """;

    public static async Task AddAsync(TestDatabase database, int tickets, int changes)
    {
        foreach (var some in Enumerable.Range(0, tickets).Select(_ => Guid.CreateVersion7()).Chunk(TicketsAtATime))
        {
            await database.ExecuteAsync(Insert, some, changes);
        }
    }

    public static Task<long> CountAsync(TestDatabase database, string status) =>
        database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE status = $1", status);

    /// <summary>Waits until no row is open.</summary>
    public static Task IsSettledAsync(TestDatabase database, TimeSpan limit) => Eventually.SeesAsync(
        "nothing in the outbox is open",
        () => database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE status IN ('pending', 'processing')"),
        open => open == 0, limit);
}
