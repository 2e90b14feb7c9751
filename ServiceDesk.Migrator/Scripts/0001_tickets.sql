CREATE TABLE tickets (
    id              uuid        PRIMARY KEY,
    title           text        NOT NULL CHECK (char_length(title) BETWEEN 3 AND 200),
    description     text        NOT NULL CHECK (char_length(description) <= 5000),
    status          text        NOT NULL DEFAULT 'open'
                                CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
    idempotency_key text        NULL UNIQUE CHECK (char_length(idempotency_key) <= 255),
    request_hash    bytea       NULL CHECK (octet_length(request_hash) = 32),
    version         integer     NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((idempotency_key IS NULL) = (request_hash IS NULL))
);

-- Pages of GET /tickets, newest first. Ids are UUIDv7, so they sort by time of creation.
CREATE INDEX tickets_by_status ON tickets (status, id DESC);
