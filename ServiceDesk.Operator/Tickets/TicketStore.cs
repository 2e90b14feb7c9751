using Npgsql;
using ServiceDesk.Operator.Api;
using ServiceDesk.Operator.Events;
using ServiceDesk.Operator.Letters;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Postgres;
using ServiceDesk.Settings;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Tickets;

/// <summary>A ticket with what happened to it.</summary>
/// <param name="Ticket">Null when there is none of this id, as in a system that only publishes.</param>
/// <param name="Events">The newest, newest first.</param>
/// <param name="Pauses">Those of the ticket, and those that keep its events back.</param>
public sealed record TicketView(
    Guid Id, Ticket? Ticket, EventPage Events, IReadOnlyList<TicketNotification> Notifications,
    IReadOnlyList<LetterRow> DeadLetters, IReadOnlyList<ActionOnEvent> Actions, IReadOnlyList<Pause> Pauses);

public sealed record Ticket(
    string Title, string Description, string Status, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record TicketNotification(long Id, Guid EventId, string Kind, string Text, DateTimeOffset CreatedAt);

/// <summary>What an erasure reached.</summary>
/// <param name="TopicUntil">When the last message of the ticket leaves the topic by its retention; a single one cannot
/// be deleted.</param>
public sealed record Erasure(
    Guid Action, long Tickets, long Events, long Notifications, long DeadLetters, DateTimeOffset TopicUntil);

/// <summary>Tickets, and the removal of one's texts.</summary>
internal sealed class TicketStore(
    NpgsqlDataSource database, EventStore events, LetterStore letters, PauseStore pauses, KafkaSettings kafka,
    TimeProvider time)
{
    private const int Attempts = 5;

    private const string One =
        """
        -- read ticket
        SELECT title, description, status, version, created_at, updated_at FROM tickets WHERE id = $1
        """;

    private const string Notifications =
        """
        -- read notifications of a ticket
        SELECT id, event_id, kind, text, created_at FROM notifications WHERE ticket_id = $1 ORDER BY id DESC LIMIT 100
        """;

    private const string Actions =
        """
        -- read actions on a ticket
        SELECT a.id, a.kind, a.reason, a.acted_by, e.acted_at
        FROM operator_action_events AS e JOIN operator_actions AS a ON a.id = e.action_id
        WHERE e.ticket_id = $1 ORDER BY e.id DESC LIMIT 50
        """;

    /// <summary>
    /// Everything a person wrote, in one statement and so one transaction: the texts of the ticket, of its events
    /// whether sent or not, of its notifications, and its dead letters, which cannot be sent again after that. The key
    /// of a repeated request stays used, but fits no request any more.
    /// </summary>
    private const string Erase =
        """
        -- erase ticket
        WITH ticket AS (
            UPDATE tickets SET title = 'erased', description = '', version = version + 1, updated_at = now(),
                   request_hash = CASE WHEN request_hash IS NOT NULL THEN decode(repeat('00', 32), 'hex') END
            WHERE id = $1 RETURNING id
        ), event AS (
            UPDATE outbox SET payload = payload
                || CASE WHEN payload ? 'title' THEN '{"title": "erased"}' ELSE '{}' END::jsonb
                || CASE WHEN payload ? 'description' THEN '{"description": ""}' ELSE '{}' END::jsonb
            WHERE aggregate_id = $1 AND status IN ('pending', 'processing', 'sent', 'failed') RETURNING id
        ), notification AS (
            UPDATE notifications SET text = 'erased' WHERE ticket_id = $1 RETURNING id
        ), letter AS (
            UPDATE dead_letters
            SET value = NULL, is_cut = true, reason = left(reason, 100),
                settled_at = coalesce(settled_at, now()),
                status = CASE WHEN status = 'open' THEN 'discarded' ELSE status END
            WHERE ticket_id = $1 RETURNING id
        ), given_up AS (
            UPDATE processed_events SET status = 'discarded', failed_at = NULL, last_error = NULL
            WHERE aggregate_id = $1 AND status = 'failed'
        ), held AS (
            DELETE FROM held_events WHERE ticket_id = $1
        ), action AS (
            INSERT INTO operator_actions
                (id, kind, selection, reason, acted_by, status, matched, done, finished_at)
            VALUES ($2, 'erase', jsonb_build_object('ticket', $1), $3, $4, 'done', 1, 1, now()) RETURNING id
        ), noted AS (
            INSERT INTO operator_action_events (action_id, ticket_id) SELECT id, $1 FROM action
        )
        SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM event), (SELECT count(*) FROM notification),
               (SELECT count(*) FROM letter)
        """;

    public async Task<TicketView?> OneAsync(Guid id, long? cursor, CancellationToken cancellation)
    {
        var ticket = await database.ReadAsync(
            One,
            row => new Ticket(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.When("created_at")!.Value,
                row.When("updated_at")!.Value),
            cancellation, Id(id));
        var page = await events.SearchAsync(new(Ticket: id, Cursor: cursor), cancellation);
        var told = await database.ReadAsync(
            Notifications,
            row => new TicketNotification(
                row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.When("created_at")!.Value),
            cancellation, Id(id));
        var dead = await letters.OfTicketAsync(id, cancellation);
        var actions = await database.ReadAsync(
            Actions,
            row => new ActionOnEvent(
                row.Get<Guid>("id"), row.Get<string>("kind")!, row.Get<string>("reason"), row.Get<string>("acted_by")!,
                row.When("acted_at")!.Value),
            cancellation, Id(id));
        var paused = (await pauses.AllAsync(cancellation)).Where(p => p.Scope == "ticket" && p.Value == id.ToString());
        return ticket.Count + page.Items.Count + told.Count + dead.Count + actions.Count == 0
            ? null
            : new(id, ticket.SingleOrDefault(), page, told, dead, actions,
                [.. page.Items.Select(e => e.Pause).OfType<Pause>().Union(paused)]);
    }

    /// <exception cref="ApiException">No reason is given, or nothing is known of the ticket.</exception>
    public async Task<Erasure> EraseAsync(Guid id, string? reason, string by, CancellationToken cancellation)
    {
        var why = ApiException.Text(reason, "reason", 500) ?? throw ApiException.Invalid("reason", "must be given");
        if (await OneAsync(id, cursor: null, cancellation) is null)
        {
            throw ApiException.NotFound($"ticket {id}");
        }

        for (var attempt = 1; ; attempt++)
        {
            var action = Guid.CreateVersion7();
            try
            {
                var counts = (await database.ReadAsync(
                    Erase, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancellation,
                    Id(id), Id(action), Text(why), Text(by)))[0];
                return new(
                    action, counts.Item1, counts.Item2, counts.Item3, counts.Item4,
                    time.GetUtcNow() + kafka.TopicRetention);
            }
            catch (PostgresException moved)
                when (Clients.Postgres.DatabaseFailure.IsUndone(moved) && attempt < Attempts)
            {
                // A relay moved one of the rows to the history at the same moment.
            }
        }
    }
}
