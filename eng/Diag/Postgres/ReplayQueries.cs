namespace Diag.Postgres;

/// <summary>What gives failed events another chance; a null id means all of them.</summary>
internal static class ReplayQueries
{
    public const string OutboxToPending = """
        UPDATE outbox SET status = 'pending', failed_at = NULL, attempts = 0, next_attempt_at = now()
        WHERE status = 'failed' AND ($1 IS NULL OR event_id = $1)
        RETURNING event_id
        """;

    public const string FailedProcessed = """
        SELECT event_id FROM processed_events WHERE status = 'failed' AND ($1 IS NULL OR event_id = $1)
        """;

    public const string ReopenProcessed = """
        UPDATE processed_events SET status = 'processing', failed_at = NULL, attempts = 0
        WHERE event_id = $1 AND status = 'failed'
        """;
}
