-- The queue's indexes name no column that a claim changes, so a claim is a HOT update: the row's new version stays on
-- its page, and no index learns of it. Half of each page is left free for that. A claim reads the queue by primary key
-- from the oldest unsent row on; outbox_unsent holds nothing but the queue.
DROP INDEX outbox_pending, outbox_blocking, outbox_failed;
ALTER TABLE outbox_unsent SET (fillfactor = 45);

-- Events that failed for good wait for an operator, maybe for months: apart from the queue, a claim never passes over
-- them. Not unique by id: parking an event must succeed whatever else is wrong with its row.
ALTER TABLE outbox DETACH PARTITION outbox_unsent;
CREATE TABLE outbox_failed PARTITION OF outbox (UNIQUE (event_id)) FOR VALUES IN ('failed');
CREATE INDEX outbox_failed_by_id ON outbox_failed (id);
WITH failed AS (
    DELETE FROM outbox_unsent WHERE status = 'failed' RETURNING *
)
INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM failed;
ALTER TABLE outbox ATTACH PARTITION outbox_unsent FOR VALUES IN ('pending', 'processing');

-- History is identified by event_id. Were ids unique there as well, a sequence that was left behind by a restore or a
-- replication would make new events collide with old ones at the moment they are marked sent (P5).
CREATE INDEX outbox_sent_by_id ON outbox_sent (id);
ALTER TABLE outbox_sent REPLICA IDENTITY USING INDEX outbox_sent_event_id_key, DROP CONSTRAINT outbox_sent_pkey;
ALTER TABLE outbox_failed REPLICA IDENTITY USING INDEX outbox_failed_event_id_key;

-- A new event is due whatever any clock says: only a refused one waits.
ALTER TABLE outbox ALTER COLUMN next_attempt_at SET DEFAULT 'epoch';

-- The relay sees whether the sequence fell behind the ids that are there.
DO $rights$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'servicedesk_relay') THEN
        GRANT SELECT ON SEQUENCE outbox_id_seq TO servicedesk_relay;
    END IF;
END
$rights$;
