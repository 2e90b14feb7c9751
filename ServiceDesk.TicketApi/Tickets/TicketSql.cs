using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Events;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Every statement on tickets and their events.</summary>
internal static class TicketSql
{
    /// <summary>One statement, so one transaction and one round trip: each ticket with its event, or neither. A taken
    /// key inserts nothing and returns no row. Keys are inserted in order, so that transactions with the same keys
    /// cannot deadlock.</summary>
    public const string Create =
        $"""
        -- create tickets
        WITH request AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
                AS r(id, title, description, idempotency_key, request_hash, event_id, payload, headers)
            ORDER BY idempotency_key
        ), ticket AS (
            INSERT INTO tickets (id, title, description, idempotency_key, request_hash)
            SELECT id, title, description, idempotency_key, request_hash FROM request
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING id, created_at
        ), event AS (
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
            SELECT event_id, 'ticket', id, '{EventTypes.TicketCreated}', payload, headers
            FROM request JOIN ticket USING (id)
        )
        SELECT id, created_at FROM ticket
        """;

    /// <summary>The constraint that a statement breaks whose tickets are there already.</summary>
    public const string PrimaryKey = "tickets_pkey";

    /// <summary>Which of a batch were created, by a statement whose answer was lost.</summary>
    public const string FindCreated =
        """
        -- find created tickets
        SELECT id, created_at FROM tickets WHERE id = ANY ($1)
        """;

    /// <summary>What an earlier request with this key created, and the hash of that request.</summary>
    public const string FindByKey =
        """
        -- find ticket by idempotency key
        SELECT id, title, description, created_at, request_hash FROM tickets WHERE idempotency_key = $1
        """;

    public const string Find =
        """
        -- get tickets
        SELECT id, title, description, status, version, created_at, updated_at FROM tickets WHERE id = ANY ($1)
        """;

    public const string List =
        """
        -- list tickets
        SELECT id, title, description, status, version, created_at, updated_at FROM tickets
        WHERE id < $1
        ORDER BY id DESC LIMIT $2
        """;

    public const string ListByStatus =
        """
        -- list tickets by status
        SELECT id, title, description, status, version, created_at, updated_at FROM tickets
        WHERE status = $3 AND id < $1
        ORDER BY id DESC LIMIT $2
        """;

    /// <summary>Locks a ticket until the commit, so that its outbox ids have the order of its changes (P3). Only one:
    /// several locks that are waited for could deadlock.</summary>
    public const string Lock =
        """
        -- lock ticket
        SELECT id, title, description, status, version, created_at, updated_at FROM tickets WHERE id = ANY ($1)
        FOR UPDATE
        """;

    /// <summary>As <see cref="Lock"/>, but leaves out those that others have locked.</summary>
    public const string LockWithoutWait =
        """
        -- lock tickets
        SELECT id, title, description, status, version, created_at, updated_at FROM tickets WHERE id = ANY ($1)
        FOR UPDATE SKIP LOCKED
        """;

    /// <summary>The answers to earlier changes with these keys, and the hashes of their requests.</summary>
    public const string FindChanges =
        """
        -- find changes by idempotency key
        SELECT idempotency_key, request_hash, status, version, updated_at FROM change_keys
        WHERE idempotency_key = ANY ($1)
        """;

    /// <summary>Each ticket with its event, and with what it has become where the request has a key. Waits for a change
    /// under way with the same key, and keeps nothing when that one is committed; keys are inserted in order, so that
    /// transactions with the same keys cannot deadlock.</summary>
    public const string Change =
        $"""
        -- change tickets
        WITH request AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
                AS r(id, new_status, event_id, payload, headers, idempotency_key, request_hash)
        ), ticket AS (
            UPDATE tickets
            SET status = ($2)[array_position($1, id)], version = version + 1, updated_at = greatest(now(), updated_at)
            WHERE id = ANY ($1)
            RETURNING id, status, version, updated_at
        ), event AS (
            INSERT INTO outbox (event_id, aggregate, aggregate_id, event_type, payload, headers)
            SELECT event_id, 'ticket', id, '{EventTypes.TicketStatusChanged}', payload, headers FROM request
        ), kept AS (
            INSERT INTO change_keys (idempotency_key, request_hash, ticket_id, status, version, updated_at)
            SELECT idempotency_key, request_hash, id, status, version, updated_at
            FROM request JOIN ticket USING (id)
            WHERE idempotency_key IS NOT NULL
            ORDER BY idempotency_key
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING ticket_id
        )
        SELECT id, updated_at, id IN (SELECT ticket_id FROM kept) AS key_is_kept FROM ticket
        """;

    public const string ForgetChanges =
        """
        -- forget changes
        DELETE FROM change_keys WHERE idempotency_key IN (
            SELECT idempotency_key FROM change_keys
            WHERE created_at < now() - $1::interval
            ORDER BY created_at LIMIT $2)
        """;
}

internal static class TicketParameters
{
    public static void AddArray<T>(
        this NpgsqlParameterCollection parameters, NpgsqlDbType type, IEnumerable<T> values) =>
        parameters.Add(new NpgsqlParameter<T[]>
        {
            TypedValue = [.. values],
            NpgsqlDbType = NpgsqlDbType.Array | type,
        });
}
