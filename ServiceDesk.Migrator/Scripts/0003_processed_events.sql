CREATE TABLE processed_events (
    event_id      uuid        PRIMARY KEY,
    event_type    text        NOT NULL,
    aggregate     text        NOT NULL,
    aggregate_id  uuid        NOT NULL,
    status        text        NOT NULL CHECK (status IN ('processing', 'done', 'failed')),
    attempts      integer     NOT NULL DEFAULT 1 CHECK (attempts >= 0),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    processed_at  timestamptz NULL,
    failed_at     timestamptz NULL,
    last_error    text        NULL,
    CHECK ((status = 'done') = (processed_at IS NOT NULL)),
    CHECK ((status = 'failed') = (failed_at IS NOT NULL))
)
WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000);

CREATE INDEX processed_events_unfinished ON processed_events (first_seen_at) WHERE status <> 'done';
CREATE INDEX processed_events_done ON processed_events (processed_at) WHERE status = 'done';

-- The visible effect of an event: one notification, however often the event is delivered.
CREATE TABLE notifications (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   uuid        NOT NULL UNIQUE,
    ticket_id  uuid        NOT NULL,
    kind       text        NOT NULL,
    text       text        NOT NULL CHECK (char_length(text) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX notifications_by_ticket ON notifications (ticket_id, id);
