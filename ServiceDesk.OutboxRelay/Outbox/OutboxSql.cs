namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>Every statement on the outbox. Leases and due times use the database's clock only. Each names the status of what it
/// changes, so that the server leaves out the partition with the sent rows, or the other one, when it plans.</summary>
internal static class OutboxSql
{
    /// <summary>Options of the relay's connections. Every statement here is a walk along an index, and must stay one: a queue
    /// is empty now and deep a moment later, so the planner's statistics are always those of another time. Left to itself
    /// it sorts a whole backlog for every claim, or reads the whole table to mark a batch.</summary>
    public const string PlannerOptions =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    /// <summary>
    /// Claims one after the other, across all relays. It must be a statement of its own before <see cref="Claim"/>: that one
    /// then takes its snapshot after the lock is held, and sees every claim made before.
    /// The key is an arbitrary constant: the ASCII codes of "outbox".
    /// </summary>
    public const string SerializeClaims = "SELECT pg_advisory_xact_lock(122550254464888)";

    /// <summary>
    /// Oldest first, but never an event whose ticket has an earlier one in flight or waiting for its retry: so events of one
    /// ticket are published in order by any number of relays. SKIP LOCKED alone would let a second relay take a ticket's
    /// second event while the first is locked. Returns nothing: a relay that is frozen while it reads a large result must
    /// not hold the lock.
    /// The check must be a look into outbox_blocking for each event. OFFSET 0 keeps the planner from making a join of it, which
    /// looks as cheap when statistics say that nothing is pending, and takes a minute once there is a backlog.
    /// </summary>
    public const string Claim =
        """
        WITH due AS (
            SELECT o.id FROM outbox o
            WHERE o.status = 'pending'
              AND o.next_attempt_at <= now()
              AND NOT EXISTS (
                  SELECT FROM outbox earlier
                  WHERE (earlier.status = 'processing'
                      OR earlier.status = 'pending' AND earlier.attempts > 0 AND earlier.next_attempt_at > now())
                    AND earlier.aggregate_id = o.aggregate_id AND earlier.id < o.id
                  OFFSET 0)
            ORDER BY o.id
            LIMIT $2
            FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox o
        SET status = 'processing', claim_token = $1, processing_started_at = clock_timestamp(), attempts = o.attempts + 1
        FROM due WHERE o.id = due.id AND o.status = 'pending'
        """;

    public const string ReadClaimed =
        """
        SELECT id, event_id, aggregate, aggregate_id, event_type, payload, headers, attempts, created_at
        FROM outbox
        WHERE status = 'processing' AND claim_token = $1
        ORDER BY id
        """;

    /// <summary>Only what is in flight has a claim token, says a constraint. Asking for that status would let the planner take
    /// outbox_blocking instead of the primary key, and walk all that is in flight for every event.</summary>
    public const string MarkSent =
        """
        UPDATE outbox o
        SET status = 'sent', sent_at = now(), claim_token = NULL, processing_started_at = NULL, last_error = NULL
        FROM unnest($2::bigint[]) AS published(id)
        WHERE o.id = published.id AND o.claim_token = $1 AND o.status <> 'sent'
        """;

    /// <summary>Back to pending; an attempt that does not count is taken back.</summary>
    public const string Release =
        """
        UPDATE outbox o
        SET status = 'pending', claim_token = NULL, processing_started_at = NULL, last_error = refused.error,
            next_attempt_at = now() + refused.delay,
            attempts = CASE WHEN refused.counts THEN o.attempts ELSE greatest(o.attempts - 1, 0) END
        FROM unnest($2::bigint[], $3::text[], $4::interval[], $5::boolean[]) AS refused(id, error, delay, counts)
        WHERE o.id = refused.id AND o.claim_token = $1 AND o.status <> 'sent'
        """;

    public const string MarkFailed =
        """
        UPDATE outbox
        SET status = 'failed', failed_at = now(), claim_token = NULL, processing_started_at = NULL, last_error = $3
        WHERE id = $2 AND claim_token = $1 AND status <> 'sent'
        """;

    /// <summary>A lease that ran out says nothing about the event, so its attempt does not count. What is locked is just being
    /// marked by its relay, late but in time.</summary>
    public const string Reap =
        """
        WITH expired AS (
            SELECT id FROM outbox
            WHERE status = 'processing' AND processing_started_at < now() - $1::interval
            FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox o
        SET status = 'pending', claim_token = NULL, processing_started_at = NULL, next_attempt_at = now(),
            attempts = greatest(o.attempts - 1, 0), last_error = 'the relay that had claimed it did not finish in time'
        FROM expired WHERE o.id = expired.id AND o.status = 'processing'
        """;

    public const string Backlog =
        """
        SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') + (SELECT count(*) FROM outbox WHERE status = 'processing'),
               coalesce(extract(epoch FROM now() - least(
                   (SELECT created_at FROM outbox WHERE status = 'pending' ORDER BY id LIMIT 1),
                   (SELECT min(created_at) FROM outbox WHERE status = 'processing'))), 0)::float8
        """;

    /// <summary>Looks at a window of sent rows from the oldest on, so that a round costs the same however long the history is.
    /// Returns the last id of the window, and how many rows it deleted and looked at.</summary>
    public const string DeleteSent =
        """
        WITH looked AS MATERIALIZED (
            SELECT id, sent_at FROM outbox WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $3
        ), deleted AS (
            DELETE FROM outbox o USING looked
            WHERE o.id = looked.id AND o.status = 'sent' AND looked.sent_at < now() - $2::interval
            RETURNING o.id
        )
        SELECT coalesce(max(id), 0), (SELECT count(*) FROM deleted), count(*) FROM looked
        """;
}
