namespace ServiceDesk.Operator.Actions;

/// <summary>Statements of actions. A selection comes first: $1 events, $2 text in the reason, $3 type, $4 since, $5
/// until, $6 group, $7 ticket, and for letters $8 letters, $9 partition, $10 offset, $11 code.</summary>
internal static class ActionSql
{
    private const string Fields =
        """
        id, kind, source, selection, reason, acted_by, requested_at, rate, status, matched, done, last_error,
               finished_at, ended_by, ended_at
        """;

    /// <summary>Who ended a pause, and when.</summary>
    private const string Ended =
        """
        LEFT JOIN LATERAL (
            SELECT r.acted_by AS ended_by, r.requested_at AS ended_at FROM operator_actions AS r
            WHERE a.kind = 'pause' AND r.kind = 'resume' AND r.selection = a.selection
              AND r.requested_at >= a.requested_at
            ORDER BY r.requested_at LIMIT 1
        ) AS ended ON true
        """;

    /// <summary>A dry run counts by the same condition as the action chooses.</summary>
    private const string IsFailedChosen =
        """
        ($1 IS NULL OR event_id = ANY ($1))
          AND ($2 IS NULL OR strpos(lower(last_error), lower($2)) > 0)
          AND ($3 IS NULL OR event_type = $3)
          AND ($4 IS NULL OR failed_at >= $4)
          AND ($5 IS NULL OR failed_at < $5)
          AND ($6 IS NULL OR regexp_replace(left(coalesce(last_error, ''), 300), '[0-9]+', '#', 'g') = $6)
          AND ($7 IS NULL OR aggregate_id = $7)
        """;

    /// <summary>Cut letters can be given up, but not sent again ($12).</summary>
    private const string IsLetterChosen =
        """
        ($1 IS NULL OR event_id = ANY ($1))
          AND ($2 IS NULL OR strpos(lower(reason), lower($2)) > 0)
          AND ($3 IS NULL OR event_type = $3)
          AND ($4 IS NULL OR written_at >= $4)
          AND ($5 IS NULL OR written_at < $5)
          AND ($6 IS NULL OR reason_group = $6)
          AND ($7 IS NULL OR ticket_id = $7)
          AND ($8 IS NULL OR id = ANY ($8))
          AND ($9 IS NULL OR partition = $9 AND "offset" = $10)
          AND ($11 IS NULL OR code = $11)
          AND NOT ($12 AND is_cut)
        """;

    public const string Add =
        """
        -- add action
        INSERT INTO operator_actions (id, kind, source, selection, reason, acted_by, rate, status, matched, finished_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $9 THEN 'done' ELSE 'running' END, $8,
                CASE WHEN $9 THEN now() END)
        ON CONFLICT (id) DO NOTHING
        """;

    public const string One =
        $"""
        -- read action
        SELECT {Fields}
        FROM operator_actions AS a
        {Ended}
        WHERE id = $1
        """;

    public const string Latest =
        $"""
        -- read actions
        SELECT {Fields}
        FROM (SELECT * FROM operator_actions WHERE requested_at < $1 ORDER BY requested_at DESC, id DESC LIMIT $2) AS a
        {Ended}
        ORDER BY requested_at DESC, id DESC
        """;

    public const string CountFailed =
        $"""
        -- count failed events
        SELECT count(*) FROM outbox
        WHERE status = 'failed'
          AND {IsFailedChosen}
        """;

    public const string CountLetters =
        $"""
        -- count dead letters
        SELECT count(*) FROM dead_letters
        WHERE status = 'open' AND code <> 'rejected'
          AND {IsLetterChosen}
        """;

    /// <summary>The next action with a batch due. Locked for the batch: no two consoles carry out the same.</summary>
    public const string TakeDue =
        """
        -- take due action
        SELECT id, kind, source, selection, requested_at, position, rate FROM operator_actions
        WHERE status = 'running' AND next_batch_at <= now()
        ORDER BY next_batch_at LIMIT 1
        FOR UPDATE SKIP LOCKED
        """;

    /// <summary>Failed events after the action's position, that failed before it was asked for: what fails again is not
    /// chosen again. $8 position, $9 asked for, $10 how many.</summary>
    public const string ChooseFailed =
        $"""
        -- choose failed events
        SELECT id, event_id, event_type, aggregate_id FROM outbox
        WHERE status = 'failed' AND id > $8 AND failed_at <= $9
          AND {IsFailedChosen}
        ORDER BY id LIMIT $10
        FOR UPDATE SKIP LOCKED
        """;

    /// <summary>The same for letters; $13 position, $14 asked for, $15 how many.</summary>
    public const string ChooseLetters =
        $"""
        -- choose dead letters
        SELECT id, event_id, event_type, ticket_id, key, value, header_names, header_values FROM dead_letters
        WHERE status = 'open' AND code <> 'rejected' AND id > $13 AND seen_at <= $14
          AND {IsLetterChosen}
        ORDER BY id LIMIT $15
        FOR UPDATE SKIP LOCKED
        """;

    public const string Retry =
        """
        -- retry failed events
        WITH changed AS (
            UPDATE outbox SET status = 'pending', failed_at = NULL, attempts = 0, next_attempt_at = 'epoch'
            WHERE id = ANY ($1) AND status = 'failed'
            RETURNING event_id, event_type, aggregate_id
        ), copies AS (
            UPDATE dead_letters SET status = 'retried', settled_at = now()
            WHERE event_id = ANY (ARRAY(SELECT event_id FROM changed)) AND status = 'open' AND code = 'rejected'
        )
        INSERT INTO operator_action_events (action_id, event_id, event_type, ticket_id)
        SELECT $2, event_id, event_type, aggregate_id FROM changed
        """;

    /// <summary>The row goes; what is known of it stays in the action and in the dead letter's copy.</summary>
    public const string Discard =
        """
        -- discard failed events
        WITH gone AS (
            DELETE FROM outbox WHERE id = ANY ($1) AND status = 'failed' RETURNING event_id, event_type, aggregate_id
        ), copies AS (
            UPDATE dead_letters SET status = 'discarded', settled_at = now()
            WHERE event_id = ANY (ARRAY(SELECT event_id FROM gone)) AND status = 'open'
        )
        INSERT INTO operator_action_events (action_id, event_id, event_type, ticket_id)
        SELECT $2, event_id, event_type, aggregate_id FROM gone
        """;

    /// <summary>Of these events, those that may be sent again, and opens those that had failed for good. Not what was
    /// processed, is being retried, or is still to be published.</summary>
    public const string Reopen =
        """
        -- reopen failed effects
        WITH reopened AS (
            UPDATE processed_events SET status = 'processing', failed_at = NULL, attempts = 0
            WHERE event_id = ANY ($1) AND status = 'failed'
            RETURNING event_id
        )
        SELECT event_id FROM reopened
        UNION
        SELECT asked.event_id FROM unnest($1) AS asked (event_id)
        WHERE NOT EXISTS (SELECT FROM processed_events AS p WHERE p.event_id = asked.event_id)
          AND NOT EXISTS (
              SELECT FROM outbox AS o
              WHERE o.event_id = asked.event_id AND o.status IN ('pending', 'processing', 'failed'))
        """;

    /// <summary>Also the other open letters of the same events: one message stands for them all.</summary>
    public const string SettleLetters =
        """
        -- settle chosen letters
        UPDATE dead_letters SET status = $3, settled_at = now()
        WHERE status = 'open' AND (id = ANY ($1) OR event_id = ANY ($2))
        """;

    public const string GiveUpEffects =
        """
        -- discard failed effects
        UPDATE processed_events SET status = 'discarded', failed_at = NULL
        WHERE event_id = ANY ($1) AND status = 'failed'
        """;

    /// <summary>The broker refuses these for good, so they are as they were.</summary>
    public const string TakeBack =
        """
        -- take back refused letters
        WITH letters AS (
            UPDATE dead_letters SET status = 'open', settled_at = NULL WHERE id = ANY ($1)
        )
        UPDATE processed_events SET status = 'failed', failed_at = now()
        WHERE event_id = ANY ($2) AND status = 'processing'
        """;

    public const string NoteLetters =
        """
        -- note letters
        INSERT INTO operator_action_events (action_id, event_id, event_type, ticket_id, letter_id)
        SELECT $1, event_id, event_type, ticket_id, id FROM dead_letters WHERE id = ANY ($2)
        """;

    public const string Progress =
        """
        -- move action on
        UPDATE operator_actions
        SET done = done + $2, position = $3, last_error = coalesce($4, last_error),
            next_batch_at = now() + $5::interval,
            status = CASE WHEN $6 THEN 'done' ELSE 'running' END,
            finished_at = CASE WHEN $6 THEN now() END
        WHERE id = $1
        """;

    public const string Postpone =
        """
        -- postpone action
        UPDATE operator_actions SET last_error = $2, next_batch_at = now() + $3::interval
        WHERE id = $1 AND status = 'running'
        """;

    public const string Stop =
        """
        -- stop action
        UPDATE operator_actions SET status = 'stopped', finished_at = now() WHERE id = $1 AND status = 'running'
        """;

    public const string ChangeFailed =
        """
        -- change failed event
        UPDATE outbox
        SET payload = $2, headers = headers || jsonb_build_object('changed_by_action', $3::text),
            status = 'pending', failed_at = NULL, attempts = 0, next_attempt_at = 'epoch'
        WHERE event_id = $1 AND status = 'failed'
        RETURNING event_type, aggregate_id
        """;

    public const string TakeLetter =
        """
        -- take dead letter
        SELECT id, event_id, event_type, ticket_id, key, value, header_names, header_values, topic, partition, "offset"
        FROM dead_letters WHERE id = $1 AND status = 'open' FOR UPDATE
        """;

    public const string NoteEvent =
        """
        -- note event
        INSERT INTO operator_action_events (action_id, event_id, event_type, ticket_id, letter_id)
        VALUES ($1, $2, $3, $4, $5)
        """;

    public const string Finish =
        """
        -- finish action
        UPDATE operator_actions SET done = $2, matched = $2, last_error = $3 WHERE id = $1
        """;
}
