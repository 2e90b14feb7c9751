-- For pgbench: the API's statements for a change of status, in one transaction.
\set n random(1, :tickets)
BEGIN;
SELECT id, title, description, status, version, created_at, updated_at FROM tickets
WHERE id = ('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid FOR UPDATE \gset
UPDATE tickets SET status = 'in_progress', version = version + 1, updated_at = greatest(now(), updated_at)
WHERE id = :id RETURNING updated_at \gset
INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
VALUES (gen_random_uuid(), 'ticket', :id, 'ticket.status_changed', :payload, :headers);
COMMIT;
