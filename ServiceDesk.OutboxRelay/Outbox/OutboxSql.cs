using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.OutboxRelay.Outbox;

/// <summary>Every statement on the outbox. Leases and due times use the database's clock; order uses none (P3). Each
/// statement names the status of what it reads, so that the planner leaves out the other partitions.</summary>
internal static class OutboxSql
{
    /// <summary>Options of the relay's connections: every statement here walks an index and must keep doing so. For the
    /// same reason no statement joins a set of ids with the table, but each looks for an array of them: a plan from an
    /// empty queue turns such a join around, and goes through all the ids again for each row of a deep one.</summary>
    public const string PlannerOptions =
        DatabaseExtensions.ByIndex + " -c enable_hashjoin=off -c enable_mergejoin=off";

    /// <summary>Opens the claim's transaction. It is explicit because it ends before the batch of statements does, and
    /// because behind a pooler sessions may prefer an isolation under which the lock would not refresh the snapshot
    /// (P3).</summary>
    public const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";

    /// <summary>
    /// Serialises claims across relays. A statement of its own before <see cref="Claim"/>, whose snapshot is then taken
    /// under the lock and sees every earlier claim (P3). The key is an arbitrary constant, the ASCII codes of "outbox".
    /// Commits asynchronously: a claim that a crash of the server loses is only made again (P2).
    /// </summary>
    public const string SerializeClaims =
        "SELECT pg_advisory_xact_lock(122550254464888), set_config('synchronous_commit', 'off', true)";

    /// <summary>
    /// Oldest first, but never an event with an earlier unsent one of its ticket that is not claimed with it, whatever
    /// keeps that one back: so any number of relays publish a ticket's events in order (P3). Three steps: read what is
    /// unsent, in order; keep what no event before it in its ticket blocks; lock what fits, where a row that someone
    /// else has locked blocks what follows it.
    /// <para>Returns no rows of events: a relay that freezes while it reads a large result must not hold the lock (P6).
    /// The range of the claimed ids stays in a setting of the session, for <see cref="ReadClaimed"/>.</para>
    /// <para>$1 token, $2 floor, $3 rows to read, $4 most events, $5 most bytes of payload, $6 event types and $7
    /// tickets that are paused, $8 whether a failed event holds the later ones of its ticket.</para>
    /// </summary>
    public const string Claim =
        """
        WITH unsent AS MATERIALIZED (
            SELECT id, aggregate_id, pg_column_size(payload) AS bytes,
                   status = 'pending' AND next_attempt_at <= now()
                   AND event_type <> ALL ($6) AND aggregate_id <> ALL ($7)
                   AND NOT ($8 AND EXISTS (
                       SELECT FROM outbox f WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id)) AS is_due
            FROM outbox o
            WHERE status IN ('pending', 'processing') AND id >= $2
            ORDER BY id
            LIMIT $3
        ), free AS MATERIALIZED (
            SELECT id, aggregate_id, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
            FROM (SELECT *, bool_and(is_due) OVER in_ticket AS is_free FROM unsent
                  WINDOW in_ticket AS (PARTITION BY aggregate_id ORDER BY id ROWS UNBOUNDED PRECEDING)) AS per_ticket
            WHERE is_free
        ), locked AS MATERIALIZED (
            SELECT id, aggregate_id, EXISTS (
                SELECT FROM outbox o WHERE o.id = free.id AND o.status = 'pending' FOR UPDATE SKIP LOCKED) AS is_locked
            FROM free
            WHERE bytes_before < $5
            ORDER BY id
            LIMIT $4
        ), claimed AS (
            UPDATE outbox
            SET status = 'processing', claim_token = $1, processing_started_at = clock_timestamp(),
                attempts = attempts + 1
            WHERE status = 'pending' AND id = ANY (ARRAY(
                SELECT id
                FROM (SELECT id, bool_and(is_locked) OVER in_ticket AS is_ours FROM locked
                      WINDOW in_ticket AS (PARTITION BY aggregate_id ORDER BY id ROWS UNBOUNDED PRECEDING)) AS ours
                WHERE is_ours))
            RETURNING id
        ), taken AS (
            SELECT count(*) AS claimed, set_config(
                'servicedesk.claimed', coalesce(min(id), 0) || ' ' || coalesce(max(id), -1), false) AS range
            FROM claimed
        ), seen AS (
            SELECT count(*) AS unsent, count(*) FILTER (WHERE is_due) AS due, min(id) AS lowest, max(id) AS highest
            FROM unsent
        )
        SELECT claimed, range, (SELECT count(*) FROM free) AS free, unsent, due, lowest, highest FROM taken, seen
        """;

    public const string Commit = "COMMIT";

    /// <summary>A created_at that no .NET date can hold must not make the batch unreadable.</summary>
    public const string ReadClaimed =
        """
        SELECT id, event_id, aggregate, aggregate_id, event_type, payload, headers, attempts,
               least(greatest(created_at, '0001-01-01 00:00+00'), '9999-12-31 00:00+00') AS created_at
        FROM outbox
        WHERE status = 'processing' AND claim_token = $1
          AND id BETWEEN split_part(current_setting('servicedesk.claimed'), ' ', 1)::bigint
                     AND split_part(current_setting('servicedesk.claimed'), ' ', 2)::bigint
        ORDER BY id
        """;

    /// <summary>Whoever may still commit an id that was drawn before now; see <see cref="ClaimFloor"/>.</summary>
    public const string Writers =
        """
        SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') AS writers
        FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND relation IN ('outbox'::regclass, 'outbox_unsent'::regclass)
        """;

    /// <summary>The lowest unsent id below the floor: replayed, or from a sequence that was set back. It passes over
    /// all index entries that claims spare themselves.</summary>
    public const string FindBelowFloor =
        """
        SELECT id FROM outbox WHERE status IN ('pending', 'processing') AND id < $1 ORDER BY id LIMIT 1
        """;

    public const string MarkSent =
        """
        UPDATE outbox
        SET status = 'sent', sent_at = now(), claim_token = NULL, processing_started_at = NULL, last_error = NULL
        WHERE id = ANY ($2::bigint[]) AND claim_token = $1 AND status = 'processing'
        """;

    /// <summary>Back to pending; an attempt that does not count is taken back.</summary>
    public const string Release =
        """
        UPDATE outbox
        SET status = 'pending', claim_token = NULL, processing_started_at = NULL, last_error = $3,
            next_attempt_at = now() + $4::interval,
            attempts = CASE WHEN $5 THEN attempts ELSE greatest(attempts - 1, 0) END
        WHERE id = ANY ($2::bigint[]) AND claim_token = $1 AND status = 'processing'
        """;

    public const string MarkFailed =
        """
        UPDATE outbox
        SET status = 'failed', failed_at = now(), claim_token = NULL, processing_started_at = NULL, last_error = $3
        WHERE id = $2 AND claim_token = $1 AND status = 'processing'
        """;

    /// <summary>A lease that ran out says nothing about the event, so its attempt does not count. SKIP LOCKED: a locked
    /// row is being settled by its owner right now. $2, $3 the ids to look at; $4 tokens whose lease ended by a relay's
    /// own clock.</summary>
    public const string Reap =
        """
        WITH expired AS (
            SELECT id FROM outbox
            WHERE status = 'processing' AND id BETWEEN $2 AND $3
              AND (processing_started_at < now() - $1::interval OR claim_token = ANY ($4::uuid[]))
            ORDER BY id
            FOR UPDATE SKIP LOCKED
        )
        UPDATE outbox
        SET status = 'pending', claim_token = NULL, processing_started_at = NULL, next_attempt_at = 'epoch',
            attempts = greatest(attempts - 1, 0), last_error = 'the relay that had claimed it did not finish in time'
        WHERE id = ANY (ARRAY(SELECT id FROM expired)) AND status = 'processing'
        """;

    /// <summary>What a clock that was set back keeps in the future: claims, and retries later than any relay plans them
    /// ($3).</summary>
    public const string AheadOfTheClock =
        """
        SELECT id, claim_token FROM outbox
        WHERE status IN ('pending', 'processing') AND id BETWEEN $1 AND $2
          AND (processing_started_at > now() OR status = 'pending' AND next_attempt_at > now() + $3::interval)
        ORDER BY id
        LIMIT 10000
        """;

    public const string MakeDue =
        """
        UPDATE outbox SET next_attempt_at = 'epoch'
        WHERE id = ANY ($1::bigint[]) AND status = 'pending' AND next_attempt_at > now() + $2::interval
        """;

    /// <summary>Exact up to the limit $2, so that it costs the same at any depth. Beyond, the distance of ids, which a
    /// sequence gives out one by one. Something that waits has waited: with a clock that was set back, the lag is not 0
    /// either. Tickets that are paused ($3 types, $4 tickets) or held ($5) wait on purpose and are no lag.</summary>
    public const string Backlog =
        """
        WITH oldest AS MATERIALIZED (
            SELECT id, created_at, bool_or(waits) OVER (PARTITION BY aggregate_id) AS waits
            FROM (
                SELECT id, created_at, aggregate_id,
                       event_type = ANY ($3) OR aggregate_id = ANY ($4) OR $5 AND EXISTS (
                           SELECT FROM outbox f WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id) AS waits
                FROM outbox o
                WHERE status IN ('pending', 'processing') AND id >= $1
                ORDER BY id LIMIT $2
            ) AS queue
        )
        SELECT CASE WHEN count(*) < $2 THEN count(*)
                    ELSE count(*) - max(id) + (SELECT max(id) FROM outbox WHERE status IN ('pending', 'processing'))
               END AS pending,
               min(id) FILTER (WHERE NOT waits) AS oldest,
               CASE WHEN count(*) FILTER (WHERE NOT waits) = 0 THEN 0
                    ELSE greatest(extract(epoch FROM now() - min(created_at) FILTER (WHERE NOT waits)), 0.001)
               END::float8 AS lag
        FROM oldest
        """;

    /// <summary>Events that wait behind a failed one of their ticket; counted up to the limit $2.</summary>
    public const string Held =
        """
        SELECT count(*) AS held FROM (
            SELECT FROM outbox o
            WHERE status IN ('pending', 'processing') AND id >= $1
              AND EXISTS (SELECT FROM outbox f WHERE f.status = 'failed' AND f.aggregate_id = o.aggregate_id)
            LIMIT $2) AS waiting
        """;

    /// <summary>How far the sequence of ids is behind the highest id there is: 0 unless it was left behind by a
    /// restore.</summary>
    public const string SequenceBehind =
        """
        SELECT coalesce(max(id) + 1 - (SELECT last_value + is_called::int FROM outbox_id_seq), 0) AS behind
        FROM outbox
        WHERE id >= (SELECT last_value + is_called::int FROM outbox_id_seq)
        """;

    /// <summary>Looks at a window of sent rows from the oldest on, so that a round costs the same however long the
    /// history is. Returns the last id of the window, and how many rows it deleted and looked at.</summary>
    public const string DeleteSent =
        """
        WITH looked AS MATERIALIZED (
            SELECT id FROM outbox WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $3
        ), deleted AS (
            DELETE FROM outbox
            WHERE id = ANY (ARRAY(SELECT id FROM looked)) AND status = 'sent' AND sent_at < now() - $2::interval
            RETURNING id
        )
        SELECT coalesce(max(id), 0) AS last, (SELECT count(*) FROM deleted) AS deleted, count(*) AS looked FROM looked
        """;
}
