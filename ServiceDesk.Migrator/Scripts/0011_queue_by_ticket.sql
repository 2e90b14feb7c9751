-- A ticket's events are asked for most when the queue is deep, and without this the whole queue would be read for them.
-- Claims do not pay for it: they change no indexed column. It is without the id, by which everything else reads the
-- queue: where statistics are from a time when the queue was empty, the planner would take this index for that as well,
-- and read all of it for each batch.
CREATE INDEX outbox_unsent_by_ticket ON outbox_unsent (aggregate_id);
