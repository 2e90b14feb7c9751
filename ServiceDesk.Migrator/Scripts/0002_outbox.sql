-- Checks run again at each of an event's two updates, so they measure the stored form, which costs nothing.
CREATE TABLE outbox (
    id                    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id              uuid        NOT NULL UNIQUE,
    aggregate             text        NOT NULL,
    aggregate_id          uuid        NOT NULL,
    event_type            text        NOT NULL,
    payload               jsonb       NOT NULL CHECK (pg_column_size(payload) <= 262144),
    headers               jsonb       NOT NULL DEFAULT '{}' CHECK (pg_column_size(headers) <= 8192),
    status                text        NOT NULL DEFAULT 'pending'
                                      CHECK (status IN ('pending', 'processing', 'sent', 'failed')),
    attempts              integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at       timestamptz NOT NULL DEFAULT now(),
    claim_token           uuid        NULL,
    processing_started_at timestamptz NULL,
    last_error            text        NULL,
    created_at            timestamptz NOT NULL DEFAULT now(),
    sent_at               timestamptz NULL,
    failed_at             timestamptz NULL,
    CHECK ((status = 'processing') = (claim_token IS NOT NULL AND processing_started_at IS NOT NULL)),
    CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((status = 'failed') = (failed_at IS NOT NULL))
)
-- Every row is updated twice soon after it is written, and deleted days later: vacuum by rows changed, not by share
-- of a table that is mostly history.
WITH (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 50000,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0
);

-- Partial indexes, one per question the relay asks; rows that are sent are in none of them.
-- The claim: what is pending, oldest first.
CREATE INDEX outbox_pending ON outbox (id) WHERE status = 'pending';
-- The per-key check, first half, and the lease check: what is in flight.
CREATE INDEX outbox_processing ON outbox (aggregate_id, id) INCLUDE (claim_token, processing_started_at)
    WHERE status = 'processing';
-- The per-key check, second half: what waits for another attempt.
CREATE INDEX outbox_retrying ON outbox (aggregate_id, id) WHERE status = 'pending' AND attempts > 0;
-- What an operator looks for, and replays. (Retention needs none: it walks the primary key from the oldest row on.)
CREATE INDEX outbox_failed ON outbox (id) WHERE status = 'failed';
