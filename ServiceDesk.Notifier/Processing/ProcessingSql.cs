namespace ServiceDesk.Notifier.Processing;

/// <summary>Every statement on processed events and their effect.</summary>
internal static class ProcessingSql
{
    /// <summary>
    /// The idempotent consumer, in one statement and so one transaction (P2): record the ids, and apply the effect for
    /// exactly those that were not done before. An event that an earlier attempt left in processing is done now; one
    /// that is done or failed is left alone. Effects are applied in the order given. Returns the ids that were new: an
    /// event whose effect exists although its id was forgotten, as after the retention, is a duplicate.
    /// </summary>
    public const string Apply =
        """
        -- apply events
        WITH received AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[])
                WITH ORDINALITY AS e(event_id, event_type, aggregate, aggregate_id, text, position)
        ), done AS (
            INSERT INTO processed_events AS p (event_id, event_type, aggregate, aggregate_id, status, processed_at)
            SELECT event_id, event_type, aggregate, aggregate_id, 'done', now() FROM received
            ON CONFLICT (event_id) DO UPDATE
                SET status = 'done', processed_at = now(), attempts = p.attempts + 1, last_error = NULL
                WHERE p.status = 'processing'
            RETURNING event_id
        )
        INSERT INTO notifications (event_id, ticket_id, kind, text)
        SELECT event_id, aggregate_id, event_type, text FROM received JOIN done USING (event_id)
        ORDER BY position
        ON CONFLICT (event_id) DO NOTHING
        RETURNING event_id
        """;

    /// <summary>Counts an attempt that failed. Returns nothing when the event is done or failed already.</summary>
    public const string RecordAttempt =
        """
        -- record failed attempt
        INSERT INTO processed_events AS p (event_id, event_type, aggregate, aggregate_id, status, last_error)
        VALUES ($1, $2, $3, $4, 'processing', $5)
        ON CONFLICT (event_id) DO UPDATE SET attempts = p.attempts + 1, last_error = $5
            WHERE p.status = 'processing'
        RETURNING attempts
        """;

    public const string MarkFailed =
        """
        -- mark event failed
        UPDATE processed_events SET status = 'failed', failed_at = now()
        WHERE event_id = ANY($1) AND status = 'processing'
        """;

    public const string DeleteDone =
        """
        -- forget processed events
        DELETE FROM processed_events WHERE event_id = ANY (ARRAY(
            SELECT event_id FROM processed_events
            WHERE status = 'done' AND processed_at < now() - $1::interval
            ORDER BY processed_at LIMIT $2))
        """;
}
