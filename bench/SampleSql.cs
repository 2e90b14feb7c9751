namespace ServiceDesk.Bench;

/// <summary>Rows as the API writes them, in bulk.</summary>
internal static class SampleSql
{
    /// <summary>Tickets that are there before they are read or changed.</summary>
    public const int StoredTickets = 20_000;

    /// <summary>Ids in time order, like the API's: random ones would make the indexes slower.</summary>
    public const string CreateUuid7 =
        """
        CREATE FUNCTION bench_uuid7(ahead bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $$
            SELECT (lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0') || '-7'
                || substr(gen_random_uuid()::text, 16))::uuid
            FROM (SELECT (extract(epoch FROM now()) * 1000)::bigint + ahead AS ms) AS clock
        $$
        """;

    /// <summary>Their ids are numbers, so that whoever asks for them can make them; see
    /// <see cref="IdOf"/>.</summary>
    public const string InsertTickets =
        """
        INSERT INTO tickets (id, title, description)
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, $2, $3 FROM generate_series(1, $1) i
        """;

    /// <param name="number">Of a ticket of <see cref="InsertTickets"/>, from 1 on.</param>
    public static string IdOf(int number) => $"00000000-0000-7000-8000-{number:x12}";

    /// <summary>A backlog of tickets in groups of a thousand, so that a ticket's changes are some way apart.</summary>
    public const string InsertPending =
        """
        WITH ticket AS MATERIALIZED (
            SELECT i, bench_uuid7(i) AS id FROM generate_series(1, $1) i
        )
        INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
        SELECT bench_uuid7(ticket.i), 'ticket', ticket.id,
               CASE change WHEN 1 THEN 'ticket.created' ELSE 'ticket.status_changed' END,
               jsonb_build_object('ticket_id', ticket.id, 'title', $3::text, 'description', $4::text,
                   'old_status', 'open', 'status', 'in_progress', 'version', change),
               jsonb_build_object('request_id', gen_random_uuid(), 'traceparent', $5::text, 'tracestate', NULL)
        FROM ticket, generate_series(1, $2) change
        ORDER BY (ticket.i - 1) / 1000, change, ticket.i
        """;

    /// <summary>Events that were sent an hour ago.</summary>
    public const string InsertSent =
        """
        INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers, status, attempts,
                            created_at, sent_at)
        SELECT bench_uuid7($1 + i), 'ticket', bench_uuid7($1 + i), 'ticket.created',
               jsonb_build_object('title', $3::text, 'description', $4::text, 'status', 'open', 'version', 1),
               jsonb_build_object('request_id', 'history', 'traceparent', $5::text, 'tracestate', NULL),
               'sent', 1, now() - interval '1 hour', now() - interval '1 hour'
        FROM generate_series(1, $2) i
        """;

    /// <summary>In the order of an index: asked whether there is any, Postgres would read the table from its
    /// beginning, past all that was sent.</summary>
    public const string NothingLeft =
        """
        SELECT (SELECT id FROM outbox WHERE status IN ('pending', 'processing') ORDER BY id LIMIT 1) IS NULL
        """;

    /// <summary>All batches but the last, over the time from the first one's start to the last one's, as processed_at
    /// is when a batch's transaction began.</summary>
    public const string ProcessedPerSecond =
        """
        SELECT (count(*) FILTER (WHERE processed_at < ends.last) / extract(epoch FROM ends.last - ends.first))::float8
        FROM processed_events,
             (SELECT min(processed_at) AS first, max(processed_at) AS last FROM processed_events) AS ends
        GROUP BY ends.first, ends.last
        """;

    public const string EverythingIsProcessed =
        $"""
        {NothingLeft}
           AND (SELECT count(*) FROM notifications) = (SELECT count(*) FROM outbox)
        """;

    /// <summary>The stations of every event of a measurement that the database knows of.</summary>
    public const string Stations =
        """
        SELECT o.headers ->> 'request_id', o.created_at, o.sent_at, p.processed_at
        FROM outbox o JOIN processed_events p USING (event_id)
        WHERE o.headers ->> 'request_id' LIKE $1 || '-%' AND o.status = 'sent' AND p.status = 'done'
        """;
}
