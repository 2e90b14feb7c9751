using System.Data;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Creates tickets together, each with its event (P1). The answer is when the ticket was created, or null when
/// its idempotency key is taken.</summary>
internal sealed class CreateBatcher(NpgsqlDataSource database, OutboxHints hints)
    : Batcher<TicketToCreate, DateTime?>(maxBatch: 128)
{
    protected override async Task AnswerAsync(IReadOnlyList<Pending<TicketToCreate, DateTime?>> batch)
    {
        var created = await InsertRepeatedlyAsync([.. batch.Select(p => p.Request)]);
        foreach (var pending in batch)
        {
            pending.Answer(created.TryGetValue(pending.Request.Ticket.Id, out var createdAt) ? createdAt : null);
        }
    }

    /// <summary>The ids are known beforehand, so a statement whose outcome was lost with its session can be
    /// repeated: if it was committed, the repetition fails on the first id, and the tickets that exist are the ones
    /// it created (P1).</summary>
    private async Task<Dictionary<Guid, DateTime>> InsertRepeatedlyAsync(TicketToCreate[] batch)
    {
        var isRepeated = false;
        return await Retry.ReadAsync(async () =>
        {
            try
            {
                return await InsertAsync(batch);
            }
            catch (PostgresException doubled) when (isRepeated && doubled.ConstraintName == TicketSql.PrimaryKey)
            {
                return await FindCreatedAsync(batch);
            }
            finally
            {
                isRepeated = true;
            }
        }, CancellationToken.None);
    }

    private async Task<Dictionary<Guid, DateTime>> FindCreatedAsync(TicketToCreate[] batch)
    {
        await using var find = database.CreateCommand(TicketSql.FindCreated);
        find.Parameters.AddArray(NpgsqlDbType.Uuid, batch.Select(c => c.Ticket.Id));
        return await ReadCreatedAsync(find, batch.Length);
    }

    private async Task<Dictionary<Guid, DateTime>> InsertAsync(TicketToCreate[] batch)
    {
        await using var insert = database.CreateCommand(TicketSql.Create);
        var parameters = insert.Parameters;
        parameters.AddArray(NpgsqlDbType.Uuid, batch.Select(c => c.Ticket.Id));
        parameters.AddArray(NpgsqlDbType.Text, batch.Select(c => c.Ticket.Title));
        parameters.AddArray(NpgsqlDbType.Text, batch.Select(c => c.Ticket.Description));
        parameters.AddArray(NpgsqlDbType.Text, batch.Select(c => c.Ticket.IdempotencyKey));
        parameters.AddArray(NpgsqlDbType.Bytea, batch.Select(c => c.Ticket.RequestHash));
        parameters.AddArray(NpgsqlDbType.Uuid, batch.Select(_ => Guid.CreateVersion7()));
        parameters.AddArray(NpgsqlDbType.Jsonb, batch.Select(c => c.Payload));
        parameters.AddArray(NpgsqlDbType.Jsonb, batch.Select(c => c.Headers));
        var created = await ReadCreatedAsync(insert, batch.Length);
        hints.Send();
        return created;
    }

    private static async Task<Dictionary<Guid, DateTime>> ReadCreatedAsync(NpgsqlCommand command, int atMost)
    {
        var created = new Dictionary<Guid, DateTime>(atMost);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            created.Add(row.GetGuid("id"), row.GetDateTime("created_at"));
        }

        return created;
    }
}

/// <summary>Made by the request, so that the event carries its trace.</summary>
internal sealed class TicketToCreate(NewTicket ticket, string requestId)
{
    public NewTicket Ticket { get; } = ticket;

    public byte[] Payload { get; } = JsonSerializer.SerializeToUtf8Bytes(
        new TicketCreated(ticket.Id, ticket.Title, ticket.Description, TicketStatus.Open, Version: 1),
        TicketJson.Default.TicketCreated);

    public byte[] Headers { get; } = OutboxHeaders.Capture(requestId).Write();
}
