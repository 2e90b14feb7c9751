-- What the operator's console needs beside what is there.

-- A ticket's events, which is what people ask for at night. The queue has no such index: every claim would pay for it.
-- Reads the history once, while settling waits: some seconds for each ten million rows.
CREATE INDEX outbox_sent_by_ticket ON outbox_sent (aggregate_id, id);
CREATE INDEX outbox_failed_by_ticket ON outbox_failed (aggregate_id, id);

-- An event that an operator gave up. The consumer leaves it alone, as it does what is done.
ALTER TABLE processed_events DROP CONSTRAINT processed_events_status_check;
ALTER TABLE processed_events ADD CONSTRAINT processed_events_status_check
    CHECK (status IN ('processing', 'done', 'failed', 'discarded')) NOT VALID;
ALTER TABLE processed_events VALIDATE CONSTRAINT processed_events_status_check;
CREATE INDEX processed_events_open_by_ticket ON processed_events (aggregate_id)
    WHERE status IN ('processing', 'failed');

-- A copy of the dead-letter topic, which a topic alone cannot be: searched, grouped, and each letter settled once. A
-- topic that was made anew begins at offset 0 again, under the next generation.
CREATE TABLE dead_letters (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic            text        NOT NULL,
    generation       integer     NOT NULL,
    partition        integer     NOT NULL,
    "offset"         bigint      NOT NULL,
    written_at       timestamptz NOT NULL,
    seen_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    code             text        NOT NULL,
    reason           text        NOT NULL,
    -- One group for what differs only in numbers, such as a position in a text.
    reason_group     text        NOT NULL GENERATED ALWAYS AS
                                 (regexp_replace(left(reason, 300), '[0-9]+', '#', 'g')) STORED,
    event_id         uuid        NULL,
    event_type       text        NULL,
    ticket_id        uuid        NULL,
    request_id       text        NULL,
    origin_topic     text        NULL,
    origin_partition integer     NULL,
    origin_offset    bigint      NULL,
    attempts         integer     NULL,
    is_cut           boolean     NOT NULL,
    key              bytea       NULL,
    value            bytea       NULL,
    header_names     text[]      NOT NULL,
    header_values    bytea[]     NOT NULL,
    status           text        NOT NULL CHECK (status IN ('open', 'retried', 'discarded', 'settled')),
    settled_at       timestamptz NULL,
    UNIQUE (topic, partition, generation, "offset"),
    CHECK ((status = 'open') = (settled_at IS NULL))
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE status = 'open';
CREATE INDEX dead_letters_by_event ON dead_letters (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX dead_letters_by_ticket ON dead_letters (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX dead_letters_by_time ON dead_letters (written_at);

-- How far the copy has come.
CREATE TABLE dead_letter_positions (
    topic       text        NOT NULL,
    partition   integer     NOT NULL,
    generation  integer     NOT NULL,
    next_offset bigint      NOT NULL,
    read_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition)
);

-- What operators did, and what they are doing: an action is carried out in batches, each a transaction, by whichever
-- console comes first. One that ends in the middle leaves the rest to the next.
CREATE TABLE operator_actions (
    id            uuid        PRIMARY KEY,
    kind          text        NOT NULL CHECK (kind IN ('retry', 'discard', 'change', 'pause', 'resume', 'erase')),
    source        text        NULL CHECK (source IN ('outbox', 'letters')),
    selection     jsonb       NOT NULL DEFAULT '{}',
    reason        text        NULL CHECK (char_length(reason) <= 500),
    acted_by      text        NOT NULL CHECK (char_length(acted_by) BETWEEN 1 AND 100),
    requested_at  timestamptz NOT NULL DEFAULT now(),
    rate          integer     NULL CHECK (rate > 0),
    status        text        NOT NULL CHECK (status IN ('running', 'done', 'stopped')),
    matched       bigint      NOT NULL DEFAULT 0,
    done          bigint      NOT NULL DEFAULT 0,
    last_error    text        NULL,
    position      bigint      NOT NULL DEFAULT 0,
    next_batch_at timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz NULL,
    CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX operator_actions_running ON operator_actions (next_batch_at) WHERE status = 'running';
CREATE INDEX operator_actions_by_time ON operator_actions (requested_at DESC, id DESC);

-- Which events an action reached.
CREATE TABLE operator_action_events (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action_id  uuid        NOT NULL REFERENCES operator_actions (id),
    event_id   uuid        NULL,
    event_type text        NULL,
    ticket_id  uuid        NULL,
    letter_id  bigint      NULL,
    acted_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX operator_action_events_by_action ON operator_action_events (action_id, id);
CREATE INDEX operator_action_events_by_event ON operator_action_events (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX operator_action_events_by_ticket ON operator_action_events (ticket_id) WHERE ticket_id IS NOT NULL;

-- What stands still because an operator wants it to.
CREATE TABLE pauses (
    stage     text        NOT NULL CHECK (stage IN ('publishing', 'processing')),
    scope     text        NOT NULL CHECK (scope IN ('all', 'event_type', 'ticket')),
    value     text        NOT NULL CHECK ((scope = 'all') = (value = '') AND char_length(value) <= 200),
    reason    text        NOT NULL CHECK (char_length(reason) <= 500),
    paused_by text        NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stage, scope, value)
);

-- The relays and notifiers that are alive. A claim's token begins as its relay's id does.
CREATE TABLE instances (
    id         uuid        PRIMARY KEY,
    service    text        NOT NULL,
    host       text        NOT NULL,
    process_id integer     NOT NULL,
    version    text        NOT NULL,
    holds      text        NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);

-- Messages whose ticket waits: an operator paused it, or it is behind an event that failed (Notifier:OnFailure=hold).
-- A ticket's are taken in the order of their numbers; one that was tried before comes first.
CREATE TABLE held_events (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      uuid        NOT NULL UNIQUE,
    event_type    text        NOT NULL,
    ticket_id     uuid        NOT NULL,
    is_first      boolean     NOT NULL,
    reason        text        NOT NULL CHECK (reason IN ('paused', 'failed')),
    topic         text        NOT NULL,
    partition     integer     NOT NULL,
    "offset"      bigint      NOT NULL,
    written_at    timestamptz NOT NULL,
    key           bytea       NULL,
    value         bytea       NULL,
    header_names  text[]      NOT NULL,
    header_values bytea[]     NOT NULL,
    held_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX held_events_by_ticket ON held_events (ticket_id, is_first DESC, id);
