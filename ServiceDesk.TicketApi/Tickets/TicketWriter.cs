using System.Data;
using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>
/// Creates tickets together: those that arrive while a transaction is under way share the next one, its round trip and
/// its commit. No request waits for others to arrive, so a lone one is as fast as ever. (Group commit, as in DeWitt et
/// al., Implementation Techniques for Main Memory Database Systems, 1984.)
/// </summary>
internal sealed class TicketWriter(NpgsqlDataSource database, OutboxHints hints) : BackgroundService
{
    /// <summary>Transactions under way at once.</summary>
    private const int Writers = 2;

    private const int MaxBatch = 128;

    /// <summary>A caller waits this long at most: for room in the queue, in it, and for the commit.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4.5);

    private readonly Channel<PendingTicket> _queue = Channel.CreateBounded<PendingTicket>(8 * MaxBatch);

    /// <returns>When it was created, or null when its idempotency key is taken.</returns>
    /// <exception cref="TimeoutException">The database did not answer in time; the ticket may exist.</exception>
    public async Task<DateTime?> WriteAsync(PendingTicket pending, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await _queue.Writer.WriteAsync(pending, limit.Token);
            return await pending.Outcome.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            pending.Abandon();
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"No ticket was known to be committed within {Limit.TotalSeconds} s.");
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers)
            .Select(_ => Task.Run(() => WriteAllAsync(stoppingToken), CancellationToken.None)));

    private async Task WriteAllAsync(CancellationToken stoppingToken)
    {
        var batch = new List<PendingTicket>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var pending))
            {
                if (pending.TryTake())
                {
                    batch.Add(pending);
                }
            }

            if (batch.Count > 0)
            {
                await CreateAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task CreateAsync(List<PendingTicket> batch)
    {
        try
        {
            var created = await InsertRepeatedlyAsync(batch);
            foreach (var pending in batch)
            {
                pending.Complete(created.TryGetValue(pending.Ticket.Id, out var createdAt) ? createdAt : null);
            }
        }
        catch (PostgresException refused) when (batch.Count > 1 && !DatabaseFailure.IsOutage(refused))
        {
            // The statement failed as a whole, so nothing of it happened; only the ticket at fault must fail.
            foreach (var pending in batch)
            {
                await CreateAsync([pending]);
            }
        }
        catch (Exception failure)
        {
            batch.ForEach(pending => pending.Fail(failure));
        }
    }

    /// <summary>The ids are known beforehand, so a statement whose outcome was lost with its session can be
    /// repeated: if it was committed, the repetition fails on the first id, and the tickets that exist are the ones
    /// it created (P1).</summary>
    private async Task<Dictionary<Guid, DateTime>> InsertRepeatedlyAsync(List<PendingTicket> batch)
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

    private async Task<Dictionary<Guid, DateTime>> FindCreatedAsync(List<PendingTicket> batch)
    {
        await using var find = database.CreateCommand(TicketSql.FindCreated);
        Add(find, NpgsqlDbType.Uuid, batch, p => p.Ticket.Id);
        return await ReadCreatedAsync(find, batch.Count);
    }

    private async Task<Dictionary<Guid, DateTime>> InsertAsync(List<PendingTicket> batch)
    {
        // A trace has one parent: the statement belongs to the first request, the others only share it.
        Activity.Current = batch[0].Activity;
        await using var insert = database.CreateCommand(TicketSql.Create);
        Add(insert, NpgsqlDbType.Uuid, batch, p => p.Ticket.Id);
        Add(insert, NpgsqlDbType.Text, batch, p => p.Ticket.Title);
        Add(insert, NpgsqlDbType.Text, batch, p => p.Ticket.Description);
        Add(insert, NpgsqlDbType.Text, batch, p => p.Ticket.IdempotencyKey);
        Add(insert, NpgsqlDbType.Bytea, batch, p => p.Ticket.RequestHash);
        Add(insert, NpgsqlDbType.Uuid, batch, p => p.EventId);
        Add(insert, NpgsqlDbType.Jsonb, batch, p => p.Payload);
        Add(insert, NpgsqlDbType.Jsonb, batch, p => p.Headers);
        var created = await ReadCreatedAsync(insert, batch.Count);
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

    private static void Add<T>(
        NpgsqlCommand command, NpgsqlDbType type, List<PendingTicket> batch, Func<PendingTicket, T> value) =>
        command.Parameters.Add(new NpgsqlParameter<T[]>
        {
            TypedValue = [.. batch.Select(value)],
            NpgsqlDbType = NpgsqlDbType.Array | type,
        });
}
