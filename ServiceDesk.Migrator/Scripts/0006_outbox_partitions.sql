-- Sent events are history: written once, and deleted days later. Unsent ones are a queue, where each row changes twice
-- within a moment. Kept apart, the queue and its indexes stay small however long the history is, and so does the work
-- of vacuum, which walks all indexes of a table whose rows have changed.
-- The UPDATE that marks a row sent moves it to the other part. Indexes keep ids unique within each part only; across
-- both they are unique because the sequence makes each id once, and the API each event id.
-- Reads the whole table once, while requests wait: some seconds for each ten million rows.
ALTER TABLE outbox RENAME TO outbox_sent;
ALTER SEQUENCE outbox_id_seq RENAME TO outbox_sent_id_seq;
ALTER INDEX outbox_pkey RENAME TO outbox_sent_pkey;
ALTER INDEX outbox_event_id_key RENAME TO outbox_sent_event_id_key;

CREATE TABLE outbox (LIKE outbox_sent INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY)
    PARTITION BY LIST (status);
SELECT setval('outbox_id_seq', last_value, is_called) FROM outbox_sent_id_seq;

DROP INDEX outbox_pending, outbox_blocking, outbox_failed;
CREATE TABLE outbox_unsent PARTITION OF outbox (PRIMARY KEY (id), UNIQUE (event_id))
    FOR VALUES IN ('pending', 'processing', 'failed')
WITH (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX outbox_pending ON outbox_unsent (id) WHERE status = 'pending';
CREATE INDEX outbox_blocking ON outbox_unsent (aggregate_id) INCLUDE (claim_token, processing_started_at)
    WHERE status = 'processing' OR status = 'pending' AND attempts > 0;
CREATE INDEX outbox_failed ON outbox_unsent (id) WHERE status = 'failed';

WITH unsent AS (
    DELETE FROM outbox_sent WHERE status <> 'sent' RETURNING *
)
INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM unsent;

-- History is vacuumed as any table is: by the share of its rows that were deleted.
ALTER TABLE outbox_sent
    ALTER COLUMN id DROP IDENTITY,
    RESET (
        autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
        autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold,
        autovacuum_analyze_scale_factor, autovacuum_analyze_threshold, autovacuum_vacuum_cost_delay
    );
ALTER TABLE outbox ATTACH PARTITION outbox_sent FOR VALUES IN ('sent');

-- Whoever had rights on the one table has them on the whole, and on nothing else.
DO $rights$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT acl.grantee::regrole AS role, acl.privilege_type AS privilege
        FROM pg_class AS class, aclexplode(class.relacl) AS acl
        WHERE class.oid = 'outbox_sent'::regclass AND acl.grantee NOT IN (class.relowner, 0)
    LOOP
        EXECUTE format('GRANT %s ON outbox TO %s', held.privilege, held.role);
        EXECUTE format('REVOKE %s ON outbox_sent FROM %s', held.privilege, held.role);
    END LOOP;
END
$rights$;
