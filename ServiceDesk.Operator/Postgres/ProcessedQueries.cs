namespace ServiceDesk.Operator.Postgres;

internal static class ProcessedQueries
{
    public const string ByStatus = """
        SELECT 'processing', count(*)::text, min(first_seen_at), now() - min(first_seen_at)
        FROM processed_events WHERE status = 'processing'
        UNION ALL
        SELECT 'failed', count(*)::text, min(first_seen_at), now() - min(first_seen_at)
        FROM processed_events WHERE status = 'failed'
        UNION ALL
        SELECT 'done',
               CASE WHEN estimate.rows > 1000000 THEN '~' || estimate.rows
                    ELSE (SELECT count(*)::text FROM processed_events WHERE status = 'done') END,
               oldest.processed_at, now() - oldest.processed_at
        FROM (SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = 'processed_events'::regclass) AS estimate,
             (SELECT min(processed_at) AS processed_at FROM processed_events WHERE status = 'done') AS oldest
        """;

    public const string Failed = """
        SELECT failed_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM processed_events WHERE status = 'failed' ORDER BY first_seen_at DESC LIMIT 10
        """;

    public const string Held = """
        SELECT held_at, event_type, event_id, ticket_id, 0, reason FROM held_events ORDER BY id LIMIT 10
        """;

    public const string OfEvents = """
        SELECT event.id, processed.status, processed.attempts, left(processed.last_error, 200),
               extract(epoch FROM processed.processed_at - outbox.created_at) * 1000
        FROM unnest(@ids) AS event (id)
        LEFT JOIN processed_events AS processed ON processed.event_id = event.id
        LEFT JOIN outbox ON outbox.event_id = event.id
        """;
}
