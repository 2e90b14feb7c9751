using System.Data;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Tickets in Postgres. Every change writes its outbox event in the same transaction (P1).</summary>
internal sealed class TicketStore(NpgsqlDataSource database, TicketWriter writer, OutboxHints hints)
{
    /// <returns>The new ticket, or the one that an equal request created earlier under the same key; null when the key
    /// belongs to a different request.</returns>
    public async Task<Ticket?> CreateAsync(NewTicket ticket, string requestId, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new PendingTicket(ticket, requestId), cancellationToken) is { } createdAt
            ? Ticket.Created(ticket.Id, ticket.Title, ticket.Description, createdAt)
            : await Retry.ReadAsync(() => FindByKeyAsync(ticket, cancellationToken), cancellationToken);

    public Task<Ticket?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Retry.ReadAsync(() => FindOnceAsync(id, cancellationToken), cancellationToken);

    public Task<TicketPage> ListAsync(string? status, Guid? before, int limit, CancellationToken cancellationToken) =>
        Retry.ReadAsync(() => ListOnceAsync(status, before, limit, cancellationToken), cancellationToken);

    /// <param name="change">What to change.</param>
    /// <param name="requestId">Goes with the event.</param>
    /// <param name="cancellationToken">Ends the wait for the ticket's lock, too.</param>
    public Task<StatusChange> ChangeStatusAsync(
        NewStatus change, string requestId, CancellationToken cancellationToken)
    {
        // A session lost before the commit took its change with it; one lost during the commit may have made it (P1).
        // With a key the second attempt finds out.
        var isInDoubt = false;
        return Retry.RunAsync(
            () => ChangeStatusOnceAsync(
                change, requestId, () => isInDoubt = change.IdempotencyKey is null, cancellationToken),
            failure => DatabaseFailure.IsUndone(failure) || (!isInDoubt && DatabaseFailure.IsSessionLost(failure)),
            cancellationToken);
    }

    /// <returns>How many keys of changes were older, and are forgotten.</returns>
    public async Task<int> ForgetChangesAsync(TimeSpan age, int limit, CancellationToken cancellationToken)
    {
        await using var delete = database.CreateCommand(TicketSql.ForgetChanges);
        delete.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = age });
        Add(delete.Parameters, limit);
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Ticket?> FindOnceAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var query = database.CreateCommand(TicketSql.Find);
        Add(query.Parameters, id);
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Ticket.Read(reader) : null;
    }

    private async Task<TicketPage> ListOnceAsync(
        string? status, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var query = database.CreateCommand(status is null ? TicketSql.List : TicketSql.ListByStatus);
        Add(query.Parameters, before ?? Guid.AllBitsSet);
        Add(query.Parameters, limit + 1);
        if (status is not null)
        {
            Add(query.Parameters, status);
        }

        var tickets = new List<Ticket>(limit + 1);
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tickets.Add(Ticket.Read(reader));
        }

        return tickets.Count > limit
            ? new TicketPage(tickets[..limit], TicketCursor.Create(tickets[limit - 1].Id))
            : new TicketPage(tickets, null);
    }

    private async Task<StatusChange> ChangeStatusOnceAsync(
        NewStatus wanted, string requestId, Action committing, CancellationToken cancellationToken)
    {
        var (id, status, isCurrent, key, _) = wanted;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, id, cancellationToken) is not { } ticket)
        {
            return new StatusChange.NoTicket();
        }

        // The lock makes an equal request that is under way the earlier one: what it did can be read now.
        if (key is not null && await FindChangeAsync(connection, wanted, ticket, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        if (!isCurrent(ticket.Version))
        {
            return new StatusChange.Stale(ticket.Version);
        }

        if (!TicketStatus.AllowedFrom(ticket.Status).Contains(status))
        {
            return new StatusChange.NotAllowed(From: ticket.Status);
        }

        var payload = new TicketStatusChanged(id, ticket.Title, ticket.Status, status, ticket.Version + 1);
        await using var change = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new(TicketSql.SetStatus), new(TicketSql.AddEvent) },
        };
        var (setStatus, addEvent) = (change.BatchCommands[0].Parameters, change.BatchCommands[1].Parameters);
        Add(setStatus, id);
        Add(setStatus, status);
        Add(addEvent, Guid.CreateVersion7());
        Add(addEvent, id);
        Add(addEvent, EventTypes.TicketStatusChanged);
        AddJson(addEvent, JsonSerializer.SerializeToUtf8Bytes(payload, TicketJson.Default.TicketStatusChanged));
        AddJson(addEvent, OutboxHeaders.Capture(requestId).Write());
        if (key is not null)
        {
            AddKept(change, wanted);
        }

        var updatedAt = (DateTime)(await change.ExecuteScalarAsync(cancellationToken))!;
        if (key is not null && change.BatchCommands[^1].RecordsAffected == 0)
        {
            // A change of another ticket took the key meanwhile; without a commit, this one has not happened.
            return new StatusChange.KeyReused();
        }

        committing();
        await transaction.CommitAsync(cancellationToken);
        hints.Send();
        return new StatusChange.Done(ticket with { Status = status, Version = payload.Version, UpdatedAt = updatedAt });
    }

    /// <summary>A repeated create gets the first one's answer, whatever happened to the ticket since.</summary>
    private async Task<Ticket?> FindByKeyAsync(NewTicket repeated, CancellationToken cancellationToken)
    {
        await using var query = database.CreateCommand(TicketSql.FindByKey);
        Add(query.Parameters, repeated.IdempotencyKey);
        await using var row = await query.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            && row.GetFieldValue<byte[]>("request_hash").AsSpan().SequenceEqual(repeated.RequestHash)
                ? Ticket.Created(
                    row.GetGuid("id"), row.GetString("title"), row.GetString("description"),
                    row.GetFieldValue<DateTimeOffset>("created_at"))
                : null;
    }

    /// <summary>A repeated change gets the first one's answer, whatever happened to the ticket since.</summary>
    private static async Task<StatusChange?> FindChangeAsync(
        NpgsqlConnection connection, NewStatus repeated, Ticket ticket, CancellationToken cancellationToken)
    {
        await using var query = new NpgsqlCommand(TicketSql.FindChange, connection);
        Add(query.Parameters, repeated.IdempotencyKey);
        await using var row = await query.ExecuteReaderAsync(cancellationToken);
        return !await row.ReadAsync(cancellationToken) ? null
            : !row.GetFieldValue<byte[]>("request_hash").AsSpan().SequenceEqual(repeated.RequestHash)
                ? new StatusChange.KeyReused()
            : new StatusChange.Done(ticket with
            {
                Status = row.GetString("status"),
                Version = row.GetInt32("version"),
                UpdatedAt = row.GetFieldValue<DateTimeOffset>("updated_at"),
            });
    }

    private static void AddKept(NpgsqlBatch change, NewStatus wanted)
    {
        var keep = new NpgsqlBatchCommand(TicketSql.KeepChange);
        Add(keep.Parameters, wanted.IdempotencyKey);
        keep.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = wanted.RequestHash });
        Add(keep.Parameters, wanted.Ticket);
        change.BatchCommands.Add(keep);
    }

    private static async Task<Ticket?> LockAsync(
        NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var query = new NpgsqlCommand(TicketSql.Lock, connection);
        Add(query.Parameters, id);
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Ticket.Read(reader) : null;
    }

    private static void Add(NpgsqlParameterCollection parameters, Guid value) =>
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = value });

    private static void Add(NpgsqlParameterCollection parameters, int value) =>
        parameters.Add(new NpgsqlParameter<int> { TypedValue = value });

    private static void Add(NpgsqlParameterCollection parameters, string? value) =>
        parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    private static void AddJson(NpgsqlParameterCollection parameters, byte[] value) =>
        parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Jsonb });
}

/// <summary>What came of a status change.</summary>
internal abstract record StatusChange
{
    public sealed record Done(Ticket Ticket) : StatusChange;

    public sealed record NotAllowed(string From) : StatusChange;

    /// <summary>The ticket is at another version than the caller saw.</summary>
    public sealed record Stale(int Version) : StatusChange;

    public sealed record NoTicket : StatusChange;

    /// <summary>The idempotency key belongs to another change.</summary>
    public sealed record KeyReused : StatusChange;
}
