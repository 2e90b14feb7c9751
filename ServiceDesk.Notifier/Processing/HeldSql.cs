namespace ServiceDesk.Notifier.Processing;

/// <summary>Statements on held events.</summary>
internal static class HeldSql
{
    /// <summary>Which of these tickets wait: they have held events, or one that failed or is being retried, if that
    /// holds them ($2). Where nothing is held, one look at an empty table answers for all.</summary>
    public const string Waiting =
        """
        -- find waiting tickets
        SELECT ticket FROM unnest($1::uuid[]) AS ticket
        WHERE (SELECT EXISTS (SELECT FROM held_events)) AND EXISTS (
                  SELECT FROM held_events WHERE ticket_id = ticket)
           OR $2 AND EXISTS (
                  SELECT FROM processed_events
                  WHERE aggregate_id = ticket AND status IN ('processing', 'failed'))
        """;

    /// <summary>Events that were tried before: they come before what is held behind them.</summary>
    public const string Tried =
        """
        -- find tried events
        SELECT event_id FROM processed_events WHERE event_id = ANY ($1::uuid[]) AND status = 'processing'
        """;

    /// <summary>One that is settled already is a duplicate. One that failed may be on its way again: the console
    /// commits its retry after the broker has it.</summary>
    public const string Hold =
        """
        -- hold event
        INSERT INTO held_events
            (event_id, event_type, ticket_id, is_first, reason, topic, partition, "offset", written_at, key, value,
             header_names, header_values)
        SELECT $1, $2, $3, EXISTS (SELECT FROM processed_events WHERE event_id = $1), $4, $5, $6, $7, $8, $9, $10, $11,
               $12
        WHERE NOT EXISTS (
            SELECT FROM processed_events WHERE event_id = $1 AND status NOT IN ('processing', 'failed'))
        ON CONFLICT (event_id) DO NOTHING
        """;

    /// <summary>The next event of each ticket that waits no longer. $1 types and $2 tickets that are paused, $3 whether
    /// a failed event holds the later ones, $4 how many.</summary>
    public const string Next =
        """
        -- find released events
        SELECT id, topic, partition, "offset", written_at, key, value, header_names, header_values
        FROM (SELECT DISTINCT ON (ticket_id) * FROM held_events ORDER BY ticket_id, is_first DESC, id) AS head
        WHERE event_type <> ALL ($1) AND ticket_id <> ALL ($2)
          AND NOT ($3 AND EXISTS (
              SELECT FROM processed_events AS p
              WHERE p.aggregate_id = ticket_id AND p.status IN ('processing', 'failed')
                AND p.event_id <> head.event_id))
        ORDER BY id LIMIT $4
        """;

    public const string Release =
        """
        -- release held events
        DELETE FROM held_events WHERE id = ANY ($1::bigint[])
        """;

    public const string Count =
        """
        -- count held events
        SELECT count(*) FROM (SELECT FROM held_events LIMIT 10000) AS held
        """;
}
