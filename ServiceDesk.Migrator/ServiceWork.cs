namespace ServiceDesk.Migrator;

/// <summary>What each service reads and writes. The server checks rights before it looks for rows, so no statement
/// names one: nothing is locked, and no sequence moves.</summary>
internal static class ServiceWork
{
    public static readonly IReadOnlyList<(string Role, string Sql)> All =
    [
        ("servicedesk_api",
            """
            SELECT FROM schemaversions LIMIT 1;
            INSERT INTO tickets (id, title, description) SELECT gen_random_uuid(), '', '' WHERE false RETURNING id;
            SELECT FROM tickets WHERE id IS NULL FOR UPDATE;
            UPDATE tickets SET version = version WHERE id IS NULL;
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload)
                SELECT gen_random_uuid(), '', gen_random_uuid(), '', '{}' WHERE false;
            INSERT INTO change_keys (idempotency_key, request_hash, ticket_id, status, version, updated_at)
                SELECT '', '', gen_random_uuid(), '', 1, now() WHERE false ON CONFLICT (idempotency_key) DO NOTHING;
            DELETE FROM change_keys WHERE idempotency_key IN (
                SELECT idempotency_key FROM change_keys WHERE created_at IS NULL);
            """),
        ("servicedesk_relay",
            """
            SELECT FROM schemaversions LIMIT 1;
            SELECT FROM outbox WHERE id IS NULL FOR UPDATE;
            UPDATE outbox SET status = 'sent' WHERE id IS NULL;
            DELETE FROM outbox WHERE id IS NULL;
            SELECT last_value FROM outbox_id_seq;
            """),
        ("servicedesk_notifier",
            """
            SELECT FROM schemaversions LIMIT 1;
            INSERT INTO processed_events AS p (event_id, event_type, aggregate, aggregate_id, status)
                SELECT gen_random_uuid(), '', '', gen_random_uuid(), 'processing' WHERE false
                ON CONFLICT (event_id) DO UPDATE SET attempts = p.attempts + 1 RETURNING event_id;
            DELETE FROM processed_events WHERE event_id IS NULL;
            INSERT INTO notifications (event_id, ticket_id, kind, text)
                SELECT gen_random_uuid(), gen_random_uuid(), '', '' WHERE false RETURNING event_id;
            INSERT INTO consumed_topics AS c (group_id, topic, partition, topic_id)
                SELECT '', '', 0, gen_random_uuid() WHERE false
                ON CONFLICT (group_id, topic, partition) DO UPDATE SET topic_id = c.topic_id RETURNING topic;
            """),
    ];
}
