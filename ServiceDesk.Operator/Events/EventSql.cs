namespace ServiceDesk.Operator.Events;

/// <summary>Questions about events. Times of the tables may be before or after what .NET can hold, so they are
/// bounded where they are read.</summary>
internal static class EventSql
{
    private const string Fields =
        """
        id, event_id, event_type, aggregate_id, status, attempts, last_error, created_at, sent_at, failed_at,
                   headers ->> 'request_id' AS request_id, left(payload ->> 'old_status', 40) AS old_status,
                   left(payload ->> 'status', 40) AS new_status
        """;

    private const string HeldBehind =
        """
        (SELECT b.event_type FROM held_events AS b
                WHERE b.ticket_id = h.ticket_id AND b.reason = 'paused' AND b.id < h.id ORDER BY b.id LIMIT 1)
        """;

    /// <summary>What is known of the events found beside their rows: how they were processed, and the ticket's
    /// title.</summary>
    private const string WithWhatFollowed =
        $"""
        SELECT found.*, p.status AS processed, p.processed_at, p.last_error AS processing_error, h.reason AS held,
               {HeldBehind} AS held_behind, t.title
        FROM found
        LEFT JOIN processed_events AS p USING (event_id)
        LEFT JOIN held_events AS h USING (event_id)
        LEFT JOIN tickets AS t ON t.id = found.aggregate_id
        ORDER BY found.id DESC
        """;

    private const string IsWanted =
        """
        status = ANY ($7)
              AND ($1 IS NULL OR event_type = $1)
              AND ($2 IS NULL OR headers ->> 'request_id' = $2)
              AND ($3 IS NULL OR split_part(headers ->> 'traceparent', '-', 2) = $3)
              AND ($4 IS NULL OR created_at >= $4)
              AND ($5 IS NULL OR created_at < $5)
        """;

    /// <summary>
    /// A piece of the history, newest first: at most $9 rows below the id $6 are looked at, so that a search for what
    /// is rare costs the same however long the history is. $1 type, $2 request, $3 trace, $4 since, $5 until, $7
    /// statuses, $8 how many, $10 lowest id, $11 all statuses of the partitions that have those: among rows of others
    /// in the same partition, the search for a status would not end.
    /// </summary>
    public const string Search =
        $"""
        -- search events
        WITH found AS (
            SELECT {Fields}
            FROM (
                SELECT * FROM outbox
                WHERE id < $6 AND id >= $10 AND status = ANY ($11)
                ORDER BY id DESC LIMIT $9
            ) AS looked
            WHERE {IsWanted}
            ORDER BY id DESC LIMIT $8
        )
        {WithWhatFollowed}
        """;

    /// <summary>The same for one ticket ($9), whose events have an index.</summary>
    public const string SearchTicket =
        $"""
        -- search events of a ticket
        WITH found AS (
            SELECT {Fields}
            FROM outbox
            WHERE aggregate_id = $9 AND id < $6
              AND {IsWanted}
            ORDER BY id DESC LIMIT $8
        )
        {WithWhatFollowed}
        """;

    /// <summary>Where a piece of the history ends: null when there are fewer rows.</summary>
    public const string EndOfPiece =
        """
        -- find end of piece
        SELECT id FROM outbox WHERE id < $1 AND id >= $4 AND status = ANY ($2) ORDER BY id DESC OFFSET $3 - 1 LIMIT 1
        """;

    public const string Highest =
        """
        -- find newest event
        SELECT coalesce(max(id), 0) AS id FROM outbox
        """;

    /// <summary>One step of the search for the first event at or after a time: ids are drawn in the order of
    /// time.</summary>
    public const string AtOrAbove =
        """
        -- find event at id
        SELECT id, created_at FROM outbox WHERE id >= $1 ORDER BY id LIMIT 1
        """;

    /// <summary>The whole life of one event in the tables. A row each from the outbox and from what was processed, or
    /// nulls.</summary>
    public const string Life =
        $"""
        -- read event
        SELECT o.id, o.event_type, o.aggregate, o.aggregate_id, o.payload, o.headers, o.status, o.attempts,
               o.next_attempt_at, o.claim_token, o.processing_started_at, o.last_error, o.created_at, o.sent_at,
               o.failed_at,
               p.event_type AS processed_type, p.aggregate_id AS processed_ticket, p.status AS processed,
               p.attempts AS processing_attempts, p.first_seen_at, p.processed_at, p.failed_at AS processing_failed_at,
               p.last_error AS processing_error,
               h.reason AS held_reason, h.held_at, h.event_type AS held_type, h.ticket_id AS held_ticket,
               {HeldBehind} AS held_behind, t.title,
               n.id AS notification_id, n.kind, n.text, n.created_at AS notified_at, n.ticket_id AS notified_ticket
        FROM (SELECT $1::uuid AS event_id) AS asked
        LEFT JOIN (SELECT * FROM outbox WHERE event_id = $1) AS o USING (event_id)
        LEFT JOIN processed_events AS p USING (event_id)
        LEFT JOIN held_events AS h USING (event_id)
        LEFT JOIN notifications AS n USING (event_id)
        LEFT JOIN tickets AS t ON t.id = coalesce(o.aggregate_id, p.aggregate_id, h.ticket_id)
        """;

    public const string Actions =
        """
        -- read actions on an event
        SELECT a.id, a.kind, a.reason, a.acted_by, e.acted_at
        FROM operator_action_events AS e JOIN operator_actions AS a ON a.id = e.action_id
        WHERE e.event_id = $1 ORDER BY e.id DESC LIMIT 50
        """;
}
