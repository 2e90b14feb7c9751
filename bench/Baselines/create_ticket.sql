-- For pgbench: the API's two inserts, in one transaction; texts and JSON come as parameters, as from the API.
BEGIN;
INSERT INTO tickets (id, title, description) VALUES (gen_random_uuid(), :title, :description) RETURNING id \gset
INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
VALUES (gen_random_uuid(), 'ticket', :id, 'ticket.created', :payload, :headers);
COMMIT;
