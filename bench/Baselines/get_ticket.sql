-- For pgbench: the API's query for one ticket.
\set n random(1, :tickets)
SELECT id, title, description, status, version, created_at, updated_at FROM tickets
WHERE id = ('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid;
