-- Idempotency keys of changes, and what a repeated request is answered with. A new ticket's key is kept with the ticket
-- instead, so that creating one stays a single insert.
CREATE TABLE change_keys (
    idempotency_key text        PRIMARY KEY CHECK (char_length(idempotency_key) BETWEEN 1 AND 255),
    request_hash    bytea       NOT NULL CHECK (octet_length(request_hash) = 32),
    ticket_id       uuid        NOT NULL,
    status          text        NOT NULL,
    version         integer     NOT NULL,
    updated_at      timestamptz NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

-- Keys are forgotten in the order in which they came.
CREATE INDEX change_keys_by_time ON change_keys (created_at);
