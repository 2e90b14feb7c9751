namespace ServiceDesk.Operator.Postgres;

internal static class OutboxQueries
{
    /// <summary>
    /// The unsent rows are few and have partial indexes. The sent ones may be millions: past the first million their
    /// number is the planner's estimate.
    /// </summary>
    public const string ByStatus = """
        SELECT 'pending', count(*)::text, min(created_at), now() - min(created_at) FROM outbox WHERE status = 'pending'
        UNION ALL
        SELECT 'processing', count(*)::text, min(created_at), now() - min(created_at)
        FROM outbox WHERE status = 'processing'
        UNION ALL
        SELECT 'failed', count(*)::text, min(created_at), now() - min(created_at) FROM outbox WHERE status = 'failed'
        UNION ALL
        SELECT 'sent',
               CASE WHEN estimate.rows > 1000000 THEN '~' || estimate.rows
                    ELSE (SELECT count(*)::text FROM outbox WHERE status = 'sent') END,
               oldest.sent_at, now() - oldest.sent_at
        FROM (SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = 'outbox_sent'::regclass) AS estimate,
             (VALUES (1)) AS one
        LEFT JOIN (SELECT sent_at FROM outbox WHERE status = 'sent' ORDER BY id LIMIT 1) AS oldest ON true
        """;

    public const string Failed = """
        SELECT failed_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM outbox WHERE status = 'failed' ORDER BY id DESC LIMIT 10
        """;

    public const string Retrying = """
        SELECT next_attempt_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM outbox WHERE status = 'pending' AND attempts > 0 ORDER BY id LIMIT 10
        """;

    /// <summary>Of an event that failed, which lets them pass or holds them.</summary>
    public const string Behind = """
        SELECT created_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM outbox AS o
        WHERE status IN ('pending', 'processing')
          AND EXISTS (SELECT FROM outbox AS f WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id)
        ORDER BY id LIMIT 10
        """;

    public const string Lag = """
        SELECT count(*), now() - min(created_at) FROM outbox WHERE status IN ('pending', 'processing')
        """;

    /// <summary>
    /// Events of tickets made a moment ago. Nothing else asks by ticket, so there is no index for it: the newest rows
    /// are searched, by primary key.
    /// </summary>
    public const string OfTickets = """
        SELECT ticket.id, recent.event_id, recent.event_type, recent.status, recent.attempts,
               extract(epoch FROM recent.sent_at - recent.created_at) * 1000
        FROM unnest(@ids) AS ticket (id)
        LEFT JOIN (SELECT * FROM outbox WHERE id > (SELECT coalesce(max(id), 0) FROM outbox) - 100000) AS recent
               ON recent.aggregate_id = ticket.id
        ORDER BY recent.id
        """;
}
