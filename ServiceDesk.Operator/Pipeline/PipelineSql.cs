namespace ServiceDesk.Operator.Pipeline;

internal static class PipelineSql
{
    /// <summary>How many of what there is are counted, so that a look costs the same at any depth. In flight is at the
    /// head of the queue, so it is looked for there.</summary>
    public const long Counted = 10_001;

    /// <summary>What waits, what is stuck, and the server's own counts of rows written, from which rates are made. The
    /// bounded counts stop at $1. What is paused ($2 everything, $3 types, $4 tickets), or behind a failed event of its
    /// ticket, waits for a reason and is no lag, as the relay has it.</summary>
    public const string Look =
        """
        -- look at the pipeline
        WITH queue AS MATERIALIZED (
            SELECT id, created_at, last_error, status,
                   status = 'pending' AND bool_or(is_paused) OVER in_ticket AS is_paused,
                   status = 'pending' AND is_behind AND NOT bool_or(is_paused) OVER in_ticket AS is_behind
            FROM (
                SELECT id, created_at, last_error, status, aggregate_id,
                       $2 OR event_type = ANY ($3) OR aggregate_id = ANY ($4) AS is_paused,
                       EXISTS (SELECT FROM outbox AS f
                               WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id)
                           AS is_behind
                FROM outbox AS o WHERE status IN ('pending', 'processing') ORDER BY id LIMIT $1
            ) AS oldest
            WINDOW in_ticket AS (PARTITION BY aggregate_id ORDER BY id ROWS UNBOUNDED PRECEDING)
        ), unexplained AS MATERIALIZED (
            SELECT created_at, last_error FROM queue WHERE NOT is_paused AND NOT is_behind ORDER BY id LIMIT 1
        )
        SELECT
            (SELECT count(*) FROM queue) AS unsent,
            (SELECT count(*) FROM queue WHERE is_paused) AS paused,
            (SELECT count(*) FROM queue WHERE is_behind) AS behind,
            (SELECT count(*) FROM queue WHERE status = 'processing') AS in_flight,
            (SELECT count(*) FROM (SELECT FROM outbox WHERE status = 'failed' LIMIT $1) AS a) AS failed,
            (SELECT count(*) FROM (
                SELECT FROM dead_letters WHERE status = 'open' AND code <> 'rejected' LIMIT $1) AS a) AS letters,
            (SELECT count(*) FROM (SELECT FROM processed_events WHERE status = 'failed' LIMIT $1) AS a)
                AS failed_effects,
            (SELECT count(*) FROM (SELECT FROM processed_events WHERE status = 'processing' LIMIT $1) AS a) AS retrying,
            (SELECT count(*) FROM (SELECT FROM held_events LIMIT $1) AS a) AS held,
            (SELECT extract(epoch FROM now() - created_at)::float8 FROM unexplained) AS lag,
            (SELECT last_error FROM unexplained) AS oldest_error,
            (SELECT last_value FROM outbox_id_seq) AS accepted,
            (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = 'outbox_sent'::regclass) AS sent,
            (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = 'notifications'::regclass) AS processed
        """;

    /// <summary>Those that were seen lately. Who stops without a word is forgotten after a while.</summary>
    public const string Instances =
        """
        -- read instances
        SELECT id, service, host, process_id, version, holds, started_at, seen_at,
               seen_at > now() - interval '15 seconds' AS is_alive
        FROM instances ORDER BY service, started_at
        """;

    /// <summary>Claims by the relay that made them, among the oldest unsent events: a claim's token begins as the
    /// relay's id does.</summary>
    public const string Claims =
        """
        -- read claims
        SELECT left(claim_token::text, 8) AS relay, count(*) AS events, count(DISTINCT claim_token) AS batches,
               min(processing_started_at) AS since
        FROM (
            SELECT status, claim_token, processing_started_at FROM outbox
            WHERE status IN ('pending', 'processing') ORDER BY id LIMIT 50000
        ) AS oldest
        WHERE status = 'processing'
        GROUP BY relay ORDER BY since
        """;
}
