namespace ServiceDesk.Migrator;

/// <summary>What each service reads and writes. The server checks rights before it looks for rows, so no statement
/// names one: nothing is locked, and no sequence moves.</summary>
internal static class ServiceWork
{
    /// <summary>The role that a database may lack: then there is no console, and all else works.</summary>
    public const string Optional = "servicedesk_operator";

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
            SELECT FROM pauses LIMIT 1;
            INSERT INTO instances (id, service, host, process_id, version)
                SELECT gen_random_uuid(), '', '', 0, '' WHERE false ON CONFLICT (id) DO UPDATE SET seen_at = now();
            DELETE FROM instances WHERE id IS NULL;
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
            SELECT FROM pauses LIMIT 1;
            INSERT INTO instances (id, service, host, process_id, version)
                SELECT gen_random_uuid(), '', '', 0, '' WHERE false ON CONFLICT (id) DO UPDATE SET seen_at = now();
            INSERT INTO held_events
                (event_id, event_type, ticket_id, is_first, reason, topic, partition, "offset", written_at,
                 header_names, header_values)
                SELECT gen_random_uuid(), '', gen_random_uuid(), false, '', '', 0, 0, now(), '{}', '{}' WHERE false
                ON CONFLICT (event_id) DO NOTHING;
            DELETE FROM held_events WHERE id IS NULL;
            DELETE FROM instances WHERE id IS NULL;
            """),
        (Optional,
            """
            SELECT FROM schemaversions, consumed_topics, instances LIMIT 1;
            DELETE FROM held_events WHERE id IS NULL RETURNING id;
            SELECT last_value FROM outbox_id_seq;
            UPDATE tickets SET title = title WHERE id IS NULL RETURNING id;
            UPDATE outbox SET status = 'pending' WHERE id IS NULL RETURNING id;
            DELETE FROM outbox WHERE id IS NULL RETURNING id;
            UPDATE processed_events SET status = status WHERE event_id IS NULL RETURNING event_id;
            UPDATE notifications SET text = text WHERE id IS NULL RETURNING id;
            INSERT INTO dead_letters
                (topic, generation, partition, "offset", written_at, code, reason, is_cut, header_names, header_values,
                 status)
                SELECT '', 0, 0, 0, now(), '', '', false, '{}', '{}', 'open' WHERE false
                ON CONFLICT DO NOTHING RETURNING id;
            UPDATE dead_letters SET status = status WHERE id IS NULL;
            DELETE FROM dead_letters WHERE id IS NULL;
            INSERT INTO dead_letter_positions AS p (topic, partition, generation, next_offset)
                SELECT '', 0, 0, 0 WHERE false
                ON CONFLICT (topic, partition) DO UPDATE SET next_offset = p.next_offset;
            INSERT INTO operator_actions (id, kind, acted_by, status)
                SELECT gen_random_uuid(), 'retry', '-', 'running' WHERE false ON CONFLICT DO NOTHING RETURNING id;
            UPDATE operator_actions SET status = status WHERE id IS NULL;
            INSERT INTO operator_action_events (action_id) SELECT gen_random_uuid() WHERE false RETURNING id;
            INSERT INTO pauses (stage, scope, value, reason, paused_by)
                SELECT '', '', '', '', '' WHERE false ON CONFLICT DO NOTHING;
            DELETE FROM pauses WHERE stage IS NULL RETURNING value;
            """),
    ];
}
