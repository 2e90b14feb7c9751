using System.Data;
using Npgsql;
using ServiceDesk.Clients.Postgres;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Tickets in Postgres. Every change writes its outbox event in the same transaction (P1).</summary>
internal sealed class TicketStore(
    NpgsqlDataSource database, CreateBatcher creates, ChangeBatcher changes, StatusChanges lone, FindBatcher finds,
    ListBatcher lists)
{
    /// <summary>A caller waits this long at most for the database.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4.5);

    /// <returns>The new ticket, or the one that an equal request created earlier under the same key; null when the key
    /// belongs to a different request.</returns>
    public Task<Ticket?> CreateAsync(NewTicket ticket, string requestId, CancellationToken cancellationToken) =>
        InTimeAsync(
            async limit => await creates.RunAsync(new TicketToCreate(ticket, requestId), limit) is { } createdAt
                ? Ticket.Created(ticket.Id, ticket.Title, ticket.Description, createdAt)
                : await Retry.ReadAsync(() => FindByKeyAsync(ticket, limit), limit),
            cancellationToken);

    public Task<Ticket?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        InTimeAsync(limit => finds.RunAsync(id, limit), cancellationToken);

    public Task<WrittenPage> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        InTimeAsync(limit => lists.RunAsync(page, limit), cancellationToken);

    /// <param name="wanted">What to change.</param>
    /// <param name="requestId">Goes with the event.</param>
    /// <param name="cancellationToken">Ends the wait for the ticket's lock, too.</param>
    public Task<StatusChange> ChangeStatusAsync(
        NewStatus wanted, string requestId, CancellationToken cancellationToken)
    {
        var change = new TicketToChange(wanted, requestId);
        return InTimeAsync(
            async limit => await changes.RunAsync(change, limit) ?? await lone.ApplyAsync(change, limit),
            cancellationToken);
    }

    /// <returns>How many keys of changes were older, and are forgotten.</returns>
    public async Task<int> ForgetChangesAsync(TimeSpan age, int limit, CancellationToken cancellationToken)
    {
        await using var delete = database.CreateCommand(TicketSql.ForgetChanges);
        delete.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = age });
        delete.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A repeated create gets the first one's answer, whatever happened to the ticket since.</summary>
    private async Task<Ticket?> FindByKeyAsync(NewTicket repeated, CancellationToken cancellationToken)
    {
        await using var query = database.CreateCommand(TicketSql.FindByKey);
        query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = repeated.IdempotencyKey });
        await using var row = await query.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            && row.GetFieldValue<byte[]>("request_hash").AsSpan().SequenceEqual(repeated.RequestHash)
                ? Ticket.Created(
                    row.GetGuid("id"), row.GetString("title"), row.GetString("description"),
                    row.GetFieldValue<DateTimeOffset>("created_at"))
                : null;
    }

    /// <param name="work">All that the caller waits for: room in a queue, the batch, and what follows it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="TimeoutException">The database did not answer in time; a change may have been
    /// made.</exception>
    private static async Task<T> InTimeAsync<T>(
        Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The database did not answer within {Limit.TotalSeconds} s.");
        }
    }
}
