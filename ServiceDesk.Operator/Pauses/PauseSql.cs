namespace ServiceDesk.Operator.Pauses;

/// <summary>Statements on pauses, and on what they keep back.</summary>
internal static class PauseSql
{
    public const string All =
        """
        -- read pauses
        SELECT p.stage, p.scope, p.value, p.reason, p.paused_by, p.paused_at, t.title
        FROM pauses AS p
        LEFT JOIN tickets AS t ON t.id = CASE WHEN p.scope = 'ticket' THEN p.value::uuid END
        ORDER BY p.paused_at LIMIT 1000
        """;

    /// <summary>One that is there stays as it is, with who made it and why.</summary>
    public const string Add =
        """
        -- add pause
        WITH added AS (
            INSERT INTO pauses (stage, scope, value, reason, paused_by) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING RETURNING value
        )
        INSERT INTO operator_actions (id, kind, selection, reason, acted_by, status, matched, done, finished_at)
        SELECT $6, 'pause', jsonb_build_object('stage', $1, 'scope', $2, 'value', $3), $4, $5, 'done', 1, 1, now()
        FROM added
        """;

    public const string Remove =
        """
        -- remove pause
        WITH removed AS (
            DELETE FROM pauses WHERE stage = $1 AND scope = $2 AND value = $3 RETURNING value
        )
        INSERT INTO operator_actions (id, kind, selection, reason, acted_by, status, matched, done, finished_at)
        SELECT $6, 'resume', jsonb_build_object('stage', $1, 'scope', $2, 'value', $3), $4, $5, 'done', 1, 1, now()
        FROM removed
        """;

    /// <summary>The first unsent event of a paused type ($1) in each of these tickets ($2).</summary>
    public const string FirstOfType =
        """
        -- find first paused events
        SELECT DISTINCT ON (aggregate_id) aggregate_id, id, event_type
        FROM outbox
        WHERE status IN ('pending', 'processing') AND event_type = ANY ($1) AND aggregate_id = ANY ($2)
        ORDER BY aggregate_id, id
        """;

    /// <summary>How many of the oldest $4 unsent events a pause keeps back: of everything ($1), a type ($2) or a
    /// ticket ($3), with those behind them in their tickets.</summary>
    public const string CountUnsent =
        """
        -- count unsent events of a pause
        SELECT count(*) FILTER (WHERE waits AND status = 'pending') FROM (
            SELECT status, bool_or($1 OR event_type = $2 OR aggregate_id = $3)
                       OVER (PARTITION BY aggregate_id ORDER BY id ROWS UNBOUNDED PRECEDING) AS waits
            FROM (
                SELECT id, aggregate_id, event_type, status FROM outbox
                WHERE status IN ('pending', 'processing') ORDER BY id LIMIT $4
            ) AS queue
        ) AS per_ticket
        """;

    /// <summary>The same of the oldest events that are read and held.</summary>
    public const string CountHeld =
        """
        -- count held events of a pause
        SELECT count(*) FILTER (WHERE waits) FROM (
            SELECT bool_or($1 OR event_type = $2 OR ticket_id = $3)
                       OVER (PARTITION BY ticket_id ORDER BY is_first DESC, id ROWS UNBOUNDED PRECEDING) AS waits
            FROM (SELECT * FROM held_events ORDER BY id LIMIT $4) AS held
        ) AS per_ticket
        """;
}
