-- A ticket's events are asked for most when the queue is deep, and without this the whole queue would be read for them.
-- Claims do not pay for it: they change no indexed column.
CREATE INDEX outbox_unsent_by_ticket ON outbox_unsent (aggregate_id, id);
