namespace ServiceDesk.Operator.Postgres;

/// <summary>Statements that replay failed events.</summary>
internal static class ReplayQueries
{
    /// <summary>Null means any.</summary>
    private const string IsChosen =
        """
        ($1 IS NULL OR event_id = ANY ($1))
          AND ($2 IS NULL OR last_error ILIKE '%' || $2 || '%')
          AND ($3 IS NULL OR event_type = $3)
          AND ($4 IS NULL OR failed_at >= $4)
          AND ($5 IS NULL OR failed_at < $5)
        """;

    public const string FailedInOutbox =
        $"""
        SELECT event_id FROM outbox
        WHERE status = 'failed'
          AND {IsChosen}
        ORDER BY id
        """;

    public const string FailedInProcessed =
        $"""
        SELECT event_id FROM processed_events
        WHERE status = 'failed'
          AND {IsChosen}
        """;

    public const string OutboxToPending =
        """
        UPDATE outbox SET status = 'pending', failed_at = NULL, attempts = 0, next_attempt_at = now()
        WHERE event_id = $1 AND status = 'failed'
        """;

    public const string ReopenProcessed =
        """
        UPDATE processed_events SET status = 'processing', failed_at = NULL, attempts = 0
        WHERE event_id = $1 AND status = 'failed'
        """;

    /// <summary>The console's copy of a letter that was sent again, and of the event's other ones.</summary>
    public const string SettleLetter =
        """
        UPDATE dead_letters SET status = 'retried', settled_at = now()
        WHERE status = 'open' AND (topic = $1 AND partition = $2 AND "offset" = $3 OR event_id = $4)
        """;

    /// <summary>Whether an event without a failed row may be sent again: not if it was processed, is being retried, or
    /// is still in the outbox.</summary>
    public const string IsUnderWayOrDone =
        """
        SELECT EXISTS (SELECT FROM processed_events WHERE event_id = $1)
            OR EXISTS (SELECT FROM outbox WHERE event_id = $1 AND status IN ('pending', 'processing', 'failed'))
        """;
}
