namespace ServiceDesk.Operator.Postgres;

internal static class OutboxQueries
{
    private const string Most = "100000";

    /// <summary>What is looked at of a queue that may have millions: its head, where what is in flight is, and what
    /// has waited longest.</summary>
    private const string Oldest =
        $"""
        SELECT * FROM outbox WHERE status IN ('pending', 'processing') ORDER BY id LIMIT {Most}
        """;

    /// <summary>How many are unsent, where not all are looked at.</summary>
    private const string Estimate =
        $"""
        (SELECT greatest(reltuples, {Most})::bigint FROM pg_class WHERE oid = 'outbox_unsent'::regclass)
        """;

    /// <summary>Where the unsent are more than are looked at, and the sent more than a million, their number is the
    /// planner's estimate.</summary>
    public const string ByStatus = $"""
        WITH oldest AS MATERIALIZED (
            SELECT status, created_at FROM ({Oldest}) AS queue
        )
        SELECT 'pending',
               CASE WHEN (SELECT count(*) FROM oldest) < {Most} THEN count(*)::text ELSE '~' || {Estimate} END,
               min(created_at), now() - min(created_at)
        FROM oldest WHERE status = 'pending'
        UNION ALL
        SELECT 'processing', count(*)::text, min(created_at), now() - min(created_at)
        FROM oldest WHERE status = 'processing'
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

    public const string Retrying = $"""
        SELECT next_attempt_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM ({Oldest}) AS queue WHERE status = 'pending' AND attempts > 0 ORDER BY id LIMIT 10
        """;

    /// <summary>Of an event that failed, which lets them pass or holds them.</summary>
    public const string Behind = $"""
        SELECT created_at, event_type, event_id, aggregate_id, attempts, left(last_error, 200)
        FROM ({Oldest}) AS o
        WHERE EXISTS (SELECT FROM outbox AS f WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id)
        ORDER BY id LIMIT 10
        """;

    public const string Lag = $"""
        SELECT CASE WHEN count(*) < {Most} THEN count(*) ELSE {Estimate} END, now() - min(created_at)
        FROM ({Oldest}) AS oldest
        """;

    public const string OfTickets = """
        SELECT ticket.id, event.event_id, event.event_type, event.status, event.attempts,
               extract(epoch FROM event.sent_at - event.created_at) * 1000
        FROM unnest(@ids) AS ticket (id)
        LEFT JOIN outbox AS event ON event.aggregate_id = ticket.id
        ORDER BY event.id
        """;
}
