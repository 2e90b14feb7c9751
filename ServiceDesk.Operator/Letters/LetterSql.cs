namespace ServiceDesk.Operator.Letters;

/// <summary>Statements on the copy of the dead-letter topic.</summary>
internal static class LetterSql
{
    /// <summary>Adds letters; one that is there already stays as it is. One whose event is done meanwhile is
    /// settled.</summary>
    public const string Add =
        """
        -- add dead letters
        INSERT INTO dead_letters
            (topic, generation, partition, "offset", written_at, code, reason, event_id, event_type, ticket_id,
             request_id, origin_topic, origin_partition, origin_offset, attempts, is_cut, key, value, header_names,
             header_values, status, settled_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
               CASE WHEN is_done THEN 'settled' ELSE 'open' END, CASE WHEN is_done THEN now() END
        FROM (SELECT EXISTS (
            SELECT FROM processed_events WHERE event_id = $8 AND status IN ('done', 'discarded')) AS is_done) AS event
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Locks the position, so that several consoles do not read the same; null when another one
    /// does.</summary>
    public const string TakePosition =
        """
        -- take position
        SELECT generation, next_offset FROM dead_letter_positions
        WHERE topic = $1 AND partition = $2 FOR UPDATE SKIP LOCKED
        """;

    public const string MeetPartition =
        """
        -- meet partition
        INSERT INTO dead_letter_positions (topic, partition, generation, next_offset) VALUES ($1, $2, 0, 0)
        ON CONFLICT DO NOTHING
        """;

    public const string SetPosition =
        """
        -- set position
        UPDATE dead_letter_positions SET generation = $3, next_offset = $4, read_at = now()
        WHERE topic = $1 AND partition = $2
        """;

    /// <summary>Letters whose event was processed in another way, such as by a replay from the shell.</summary>
    public const string Settle =
        """
        -- settle dead letters
        UPDATE dead_letters SET status = 'settled', settled_at = now()
        WHERE id IN (
            SELECT d.id FROM dead_letters AS d JOIN processed_events AS p USING (event_id)
            WHERE d.status = 'open' AND p.status IN ('done', 'discarded')
            LIMIT 1000)
          AND status = 'open'
        """;

    /// <summary>Old letters, in small steps.</summary>
    public const string Forget =
        """
        -- forget dead letters
        DELETE FROM dead_letters WHERE id IN (
            SELECT id FROM dead_letters WHERE written_at < now() - $1::interval ORDER BY written_at LIMIT $2)
        """;

    /// <summary>A page of letters, newest first. Copies of what could not be published are shown with the outbox. $1
    /// status, $2 below this id, $3 code, $4 type, $5 ticket, $6 text in the reason, $7 group, $8 since, $9 until, $10
    /// how many.</summary>
    public const string Search =
        """
        -- search dead letters
        SELECT id, topic, partition, "offset", written_at, code, reason, reason_group, event_id, event_type, ticket_id,
               request_id, origin_topic, origin_partition, origin_offset, attempts, is_cut, status, settled_at
        FROM dead_letters
        WHERE status = $1 AND id < $2 AND code <> 'rejected'
          AND ($3 IS NULL OR code = $3)
          AND ($4 IS NULL OR event_type = $4)
          AND ($5 IS NULL OR ticket_id = $5)
          AND ($6 IS NULL OR strpos(lower(reason), lower($6)) > 0)
          AND ($7 IS NULL OR reason_group = $7)
          AND ($8 IS NULL OR written_at >= $8)
          AND ($9 IS NULL OR written_at < $9)
        ORDER BY id DESC LIMIT $10
        """;

    public const string OfEvent =
        """
        -- read dead letters of an event
        SELECT id, topic, partition, "offset", written_at, code, reason, reason_group, event_id, event_type, ticket_id,
               request_id, origin_topic, origin_partition, origin_offset, attempts, is_cut, status, settled_at
        FROM dead_letters WHERE event_id = $1 ORDER BY id DESC LIMIT 20
        """;

    public const string OfTicket =
        """
        -- read dead letters of a ticket
        SELECT id, topic, partition, "offset", written_at, code, reason, reason_group, event_id, event_type, ticket_id,
               request_id, origin_topic, origin_partition, origin_offset, attempts, is_cut, status, settled_at
        FROM dead_letters WHERE ticket_id = $1 ORDER BY id DESC LIMIT 50
        """;

    public const string One =
        """
        -- read dead letter
        SELECT id, topic, partition, "offset", written_at, code, reason, reason_group, event_id, event_type, ticket_id,
               request_id, origin_topic, origin_partition, origin_offset, attempts, is_cut, status, settled_at,
               key, value, header_names, header_values
        FROM dead_letters WHERE id = $1
        """;

    /// <summary>The newest $1 open ones by what went wrong; a number that reaches the limit is "more than".</summary>
    public const string Groups =
        """
        -- group dead letters
        SELECT code, reason_group, event_type, count(*) AS events, min(written_at) AS first, max(written_at) AS last
        FROM (
            SELECT code, reason_group, event_type, written_at FROM dead_letters
            WHERE status = 'open' AND code <> 'rejected' ORDER BY id DESC LIMIT $1
        ) AS newest
        GROUP BY code, reason_group, event_type ORDER BY events DESC, last DESC LIMIT 100
        """;

    public const string FailedGroups =
        """
        -- group failed events
        SELECT 'rejected' AS code, reason_group, event_type, count(*) AS events, min(failed_at) AS first,
               max(failed_at) AS last
        FROM (
            SELECT regexp_replace(left(coalesce(last_error, ''), 300), '[0-9]+', '#', 'g') AS reason_group, event_type,
                   failed_at
            FROM outbox WHERE status = 'failed' ORDER BY id DESC LIMIT $1
        ) AS newest
        GROUP BY reason_group, event_type ORDER BY events DESC, last DESC LIMIT 100
        """;

    /// <summary>A page of what cannot be published; parameters as in <see cref="Search"/>, without the first and the
    /// third.</summary>
    public const string Failed =
        """
        -- search failed events
        SELECT id, event_id, event_type, aggregate_id, attempts, last_error, created_at, failed_at,
               headers ->> 'request_id' AS request_id
        FROM outbox
        WHERE status = 'failed' AND id < $1
          AND ($2 IS NULL OR event_type = $2)
          AND ($3 IS NULL OR aggregate_id = $3)
          AND ($4 IS NULL OR strpos(lower(last_error), lower($4)) > 0)
          AND ($5 IS NULL OR regexp_replace(left(coalesce(last_error, ''), 300), '[0-9]+', '#', 'g') = $5)
          AND ($6 IS NULL OR failed_at >= $6)
          AND ($7 IS NULL OR failed_at < $7)
        ORDER BY id DESC LIMIT $8
        """;

    public const string Positions =
        """
        -- read positions
        SELECT partition, next_offset, read_at FROM dead_letter_positions WHERE topic = $1 ORDER BY partition
        """;
}
