using System.Text.Json;
using Npgsql;
using ServiceDesk.Events.Contracts;
using ServiceDesk.Operator.Letters;
using ServiceDesk.Operator.Pauses;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Events;

/// <summary>Events as the tables have them.</summary>
internal sealed class EventStore(
    NpgsqlDataSource database, LetterStore letters, PauseStore pauses, OperatorSettings settings, TimeProvider time)
{
    public static readonly string[] Statuses = ["pending", "processing", "sent", "failed"];

    /// <summary>Rows looked at by one statement: a third of a second.</summary>
    private const int Piece = 100_000;

    /// <summary>How long a search goes on before it says how far it came.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Transactions commit in another order than they draw ids; none takes longer.</summary>
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(1);

    public async Task<EventPage> SearchAsync(EventSearch search, CancellationToken cancellation)
    {
        var page = await FindAsync(search, cancellation);
        return page with { Items = await WithPausesAsync(page.Items, cancellation) };
    }

    private async Task<EventPage> FindAsync(EventSearch search, CancellationToken cancellation)
    {
        if (search.EventId is { } id)
        {
            return await FindOneAsync(id, search, cancellation);
        }

        var statuses = search.Status is { } status ? [status] : Statuses;
        var below = search.Cursor ?? long.MaxValue;
        return search.Ticket is { } ticket
            ? Complete(await ReadAsync(EventSql.SearchTicket, cancellation,
                [.. Parameters(search, below, statuses, search.Limit + 1), Id(ticket)]), search.Limit)
            : await SearchHistoryAsync(search, statuses, below, cancellation);
    }

    public async Task<EventLife?> LifeAsync(Guid eventId, CancellationToken cancellation)
    {
        var life = (await database.ReadAsync(
            EventSql.Life, row => ReadLife(eventId, row), cancellation, Id(eventId)))[0];
        var dead = await letters.OfEventAsync(eventId, cancellation);
        var actions = await database.ReadAsync(
            EventSql.Actions,
            row => new ActionOnEvent(
                row.Get<Guid>("id"), row.Get<string>("kind")!, row.Get<string>("reason"), row.Get<string>("acted_by")!,
                row.When("acted_at")!.Value),
            cancellation, Id(eventId));
        if (life is { Outbox: null, Processing: null, Held: null } && dead.Count == 0 && actions.Count == 0)
        {
            return null;
        }

        var letter = dead.Count > 0 ? dead[0] : null;
        return life with
        {
            Pause = life is { EventType: not null, TicketId: not null }
                ? (await WithPausesAsync([Row(life)], cancellation))[0].Pause
                : null,
            DeadLetters = dead,
            Actions = actions,
            EventType = life.EventType ?? letter?.EventType,
            TicketId = life.TicketId ?? letter?.TicketId,
            RequestId = life.RequestId ?? letter?.RequestId,
        };
    }

    private async Task<EventPage> SearchHistoryAsync(
        EventSearch search, string[] statuses, long below, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var lowest = search.Since is { } since ? await FirstIdAsync(since - Disorder, cancellation) : 0;
        below = search.Until is { } until
            ? Math.Min(below, await FirstIdAsync(until + Disorder, cancellation))
            : below;
        string[] together = statuses is ["pending" or "processing"] ? ["pending", "processing"] : statuses;
        var found = new List<EventRow>();
        while (true)
        {
            found.AddRange(await ReadAsync(EventSql.Search, cancellation,
            [
                .. Parameters(search, below, statuses, search.Limit + 1 - found.Count), Int(Piece), Number(lowest),
                Texts(together),
            ]));
            if (found.Count > search.Limit)
            {
                return Complete(found, search.Limit);
            }

            var ends = await database.ReadAsync(
                EventSql.EndOfPiece, row => row.GetInt64(0), cancellation,
                Number(below), Texts(together), Int(Piece), Number(lowest));
            if (ends is not [var end])
            {
                return Complete(found, search.Limit);
            }

            below = end;
            if (time.GetElapsedTime(started) > Patience)
            {
                return new(found, below, IsComplete: false, await TimeAtAsync(below, cancellation));
            }
        }
    }

    private static NpgsqlParameter[] Parameters(EventSearch search, long below, string[] statuses, int limit) =>
    [
        Text(search.Type), Text(search.RequestId), Text(search.TraceId), Time(search.Since), Time(search.Until),
        Number(below), Texts(statuses), Int(limit),
    ];

    private async Task<EventPage> FindOneAsync(Guid id, EventSearch search, CancellationToken cancellation)
    {
        if (await LifeAsync(id, cancellation) is not { Outbox: { } row } life)
        {
            return new([], null, IsComplete: true, null);
        }

        var isWanted = (search.Ticket is null || search.Ticket == life.TicketId)
            && (search.Type is null || search.Type == life.EventType)
            && (search.Status is null || search.Status == row.Status)
            && (search.RequestId is null || search.RequestId == life.RequestId)
            && (search.TraceId is null || search.TraceId == life.TraceId)
            && (search.Since is null || row.CreatedAt >= search.Since)
            && (search.Until is null || row.CreatedAt < search.Until);
        return new(isWanted ? [Row(life)] : [], null, IsComplete: true, null);
    }

    /// <summary>What the outbox has no row of was sent.</summary>
    private static EventRow Row(EventLife life)
    {
        var row = life.Outbox;
        return new(
            row?.Id ?? 0, life.EventId, life.EventType!, life.TicketId!.Value, row?.Status ?? "sent",
            row?.Attempts ?? 0, row?.LastError, row?.CreatedAt ?? default, row?.SentAt, row?.FailedAt, life.RequestId,
            life.Processing?.Status, life.Processing?.ProcessedAt, life.Processing?.LastError, life.Held?.Reason,
            life.Held?.BehindType, Short(row?.Payload, "old_status"), Short(row?.Payload, "status"), life.Title);
    }

    private static string? Short(JsonElement? payload, string member) =>
        TextOf(payload, member) is { } text ? text[..Math.Min(40, text.Length)] : null;

    /// <summary>Says which pause keeps an event back. Pauses are few, so this asks about events only where one of a
    /// type may keep back others of the same ticket.</summary>
    private async Task<IReadOnlyList<EventRow>> WithPausesAsync(
        IReadOnlyList<EventRow> rows, CancellationToken cancellation)
    {
        if (!rows.Any(IsWaiting) || await pauses.AllAsync(cancellation) is not { Count: > 0 } all)
        {
            return rows;
        }

        var types = all.Where(p => p is { Stage: "publishing", Scope: "event_type" }).Select(p => p.Value).ToArray();
        var unsent = rows.Where(r => r.Status == "pending").Select(r => r.TicketId).Distinct().ToArray();
        var first = types.Length > 0 && unsent.Length > 0
            ? await pauses.FirstOfTypeAsync(types, unsent, cancellation)
            : [];
        return [.. rows.Select(r => IsWaiting(r) ? r with { Pause = Keeps(r) } : r)];

        Pause? Keeps(EventRow row) => row.Status == "pending"
            ? Of("publishing", row.EventType, row.TicketId)
                ?? (first.TryGetValue(row.TicketId, out var before) && before.Id < row.Id
                    ? Of("publishing", before.Type, row.TicketId)
                    : null)
            : Of("processing", row.EventType, row.TicketId)
                ?? (row.HeldBehind is { } type ? Of("processing", type, row.TicketId) : null);

        Pause? Of(string stage, string type, Guid ticket) => all.FirstOrDefault(p => p.Covers(stage, type, ticket));
    }

    private static bool IsWaiting(EventRow row) =>
        row.Status == "pending" || row is { Status: "sent", Processed: null or "processing" };

    /// <summary>The first id at or after a time, by halves: as many steps as the ids have bits.</summary>
    private async Task<long> FirstIdAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var highest = (await database.ReadAsync(EventSql.Highest, row => row.GetInt64(0), cancellation))[0];
        var (low, high) = (0L, highest + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var next = await AtOrAboveAsync(middle, cancellation);
            if (next is not { } row || row.At >= at)
            {
                high = middle;
            }
            else
            {
                low = Math.Max(row.Id, middle) + 1;
            }
        }

        return low;
    }

    private async Task<DateTimeOffset?> TimeAtAsync(long id, CancellationToken cancellation) =>
        (await AtOrAboveAsync(id, cancellation))?.At;

    private async Task<(long Id, DateTimeOffset At)?> AtOrAboveAsync(long id, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(
            EventSql.AtOrAbove, row => (row.GetInt64(0), row.When("created_at")!.Value), cancellation, Number(id));
        return rows.Count == 0 ? null : rows[0];
    }

    private static EventPage Complete(List<EventRow> found, int limit) => found.Count > limit
        ? new(found[..limit], found[limit - 1].Id, IsComplete: true, null)
        : new(found, null, IsComplete: true, null);

    private Task<List<EventRow>> ReadAsync(
        string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters) =>
        database.ReadAsync(
            sql,
            row => new EventRow(
                row.Get<long>("id"), row.Get<Guid>("event_id"), row.Get<string>("event_type")!,
                row.Get<Guid>("aggregate_id"), row.Get<string>("status")!, row.Get<int>("attempts"),
                row.Get<string>("last_error"), row.When("created_at")!.Value, row.When("sent_at"),
                row.When("failed_at"), row.Get<string>("request_id"), row.Get<string>("processed"),
                row.When("processed_at"), row.Get<string>("processing_error"), row.Get<string>("held"),
                row.Get<string>("held_behind"), row.Get<string>("old_status"), row.Get<string>("new_status"),
                row.Get<string>("title")),
            cancellation, parameters);

    private EventLife ReadLife(Guid eventId, NpgsqlDataReader row)
    {
        var outbox = row.Get<string>("status") is not { } status ? null : new OutboxStage(
            row.Get<long>("id"), status, row.Get<int>("attempts"), row.Get<string>("last_error"),
            row.When("created_at")!.Value, status == "pending" ? row.When("next_attempt_at") : null,
            row.When("processing_started_at"), row.Get<Guid?>("claim_token"), row.When("sent_at"),
            row.When("failed_at"), Json(row, "payload"), Json(row, "headers"));
        var processing = row.Get<string>("processed") is not { } processed ? null : new ProcessingStage(
            processed, row.Get<int>("processing_attempts"), row.Get<string>("processing_error"),
            row.When("first_seen_at")!.Value, row.When("processed_at"), row.When("processing_failed_at"));
        var held = row.Get<string>("held_reason") is not { } reason ? null : new HeldStage(
            reason, row.When("held_at")!.Value, row.Get<string>("held_behind"));
        var notification = row.Get<long?>("notification_id") is not { } number ? null : new Notification(
            number, row.Get<string>("kind")!, row.Get<string>("text")!, row.When("notified_at")!.Value);
        var type = row.Get<string>("event_type") ?? row.Get<string>("processed_type") ?? row.Get<string>("held_type");
        var ticket = row.Get<Guid?>("aggregate_id") ?? row.Get<Guid?>("processed_ticket")
            ?? row.Get<Guid?>("held_ticket");
        var trace = TextOf(outbox?.Headers, "traceparent")?.Split('-') is [_, { Length: 32 } id, ..] ? id : null;
        return new(
            eventId, type, ticket, row.Get<string>("title"), TextOf(outbox?.Headers, "request_id"), trace,
            trace is null ? null : settings.TraceUrl?.Replace("{trace_id}", trace, StringComparison.Ordinal),
            outbox, processing, held, notification, [], [], Missing(type, outbox?.Payload));
    }

    private static JsonElement Json(NpgsqlDataReader row, string column)
    {
        using var json = JsonDocument.Parse(row.Get<string>(column)!);
        return json.RootElement.Clone();
    }

    /// <summary>Nothing of a type that is not known here.</summary>
    private static string[] Missing(string? type, JsonElement? payload) =>
        payload is { } given && Array.Find(EventContract.All, c => c.Type == type) is { } contract
            ? [.. contract.Payload()
                .Where(m => !m.IsOptional
                    && (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty(m.Name, out _)))
                .Select(m => m.Name)]
            : [];

    private static string? TextOf(JsonElement? json, string member) =>
        json is { ValueKind: JsonValueKind.Object } given
        && given.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
