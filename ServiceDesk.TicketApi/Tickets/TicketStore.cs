using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Events;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Tickets in Postgres. Every change writes its outbox event in the same transaction.</summary>
internal sealed class TicketStore(NpgsqlDataSource database, TicketWriter writer, OutboxHints hints)
{
    /// <returns>The new ticket; the one an equal request created earlier under the same key; or null when the key belongs
    /// to a different request.</returns>
    public async Task<Ticket?> CreateAsync(NewTicket ticket, string requestId, CancellationToken cancellation)
    {
        if (await writer.WriteAsync(new PendingTicket(ticket, requestId), cancellation) is not { } createdAt)
        {
            return await FindByKeyAsync(ticket, cancellation);
        }

        return new Ticket(ticket.Id, ticket.Title, ticket.Description, TicketStatus.Open, 1, createdAt, createdAt);
    }

    public async Task<Ticket?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(TicketSql.Find);
        Add(query.Parameters, id);
        await using var reader = await query.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    public async Task<TicketPage> ListAsync(string? status, Guid? before, int limit, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(status is null ? TicketSql.List : TicketSql.ListByStatus);
        Add(query.Parameters, before ?? Guid.AllBitsSet);
        Add(query.Parameters, limit + 1);
        if (status is not null)
        {
            Add(query.Parameters, status);
        }

        var tickets = new List<Ticket>(limit + 1);
        await using var reader = await query.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            tickets.Add(Read(reader));
        }

        return tickets.Count > limit
            ? new TicketPage(tickets[..limit], TicketCursor.Of(tickets[limit - 1]))
            : new TicketPage(tickets, null);
    }

    public async Task<StatusChange> ChangeStatusAsync(Guid id, string status, string requestId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await LockAsync(connection, id, cancellation) is not { } ticket)
        {
            return default;
        }

        if (!TicketStatus.AllowedFrom(ticket.Status).Contains(status))
        {
            return new StatusChange(null, Refused: ticket.Status);
        }

        var payload = new TicketStatusChanged(id, ticket.Title, ticket.Status, status, ticket.Version + 1);
        await using var change = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new(TicketSql.SetStatus), new(TicketSql.AddEvent) },
        };
        Add(change.BatchCommands[0].Parameters, id);
        Add(change.BatchCommands[0].Parameters, status);
        Add(change.BatchCommands[1].Parameters, Guid.CreateVersion7());
        Add(change.BatchCommands[1].Parameters, id);
        Add(change.BatchCommands[1].Parameters, EventTypes.TicketStatusChanged);
        AddJson(change.BatchCommands[1].Parameters, JsonSerializer.SerializeToUtf8Bytes(payload, TicketJson.Default.TicketStatusChanged));
        AddJson(change.BatchCommands[1].Parameters, OutboxHeaders.Capture(requestId).Write());
        var updatedAt = (DateTime)(await change.ExecuteScalarAsync(cancellation))!;
        await transaction.CommitAsync(cancellation);
        hints.Send();
        return new StatusChange(ticket with { Status = status, Version = ticket.Version + 1, UpdatedAt = updatedAt }, null);
    }

    /// <summary>The answer to a repeated create is the answer to the first one, whatever happened to the ticket since.</summary>
    private async Task<Ticket?> FindByKeyAsync(NewTicket repeated, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(TicketSql.FindByKey);
        Add(query.Parameters, repeated.IdempotencyKey);
        await using var reader = await query.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation) || !reader.GetFieldValue<byte[]>(4).SequenceEqual(repeated.RequestHash!))
        {
            return null;
        }

        var createdAt = reader.GetFieldValue<DateTimeOffset>(3);
        return new Ticket(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), TicketStatus.Open, 1, createdAt, createdAt);
    }

    private static async Task<Ticket?> LockAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(TicketSql.Lock, connection);
        Add(query.Parameters, id);
        await using var reader = await query.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    private static Ticket Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4),
        row.GetFieldValue<DateTimeOffset>(5), row.GetFieldValue<DateTimeOffset>(6));

    private static void Add(NpgsqlParameterCollection parameters, Guid value) =>
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = value });

    private static void Add(NpgsqlParameterCollection parameters, int value) =>
        parameters.Add(new NpgsqlParameter<int> { TypedValue = value });

    private static void Add(NpgsqlParameterCollection parameters, string? value) =>
        parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    private static void AddJson(NpgsqlParameterCollection parameters, byte[] value) =>
        parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Jsonb });
}
