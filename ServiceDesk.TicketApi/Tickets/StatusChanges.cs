using System.Data;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Events;
using ServiceDesk.TicketApi.Outbox;

namespace ServiceDesk.TicketApi.Tickets;

/// <summary>Changes tickets in one transaction, each with its event (P1), behind the tickets' locks (P3).</summary>
internal sealed class StatusChanges(NpgsqlDataSource database, OutboxHints hints)
{
    /// <summary>Changes one ticket, and waits for its lock.</summary>
    public Task<StatusChange> ApplyAsync(TicketToChange change, CancellationToken cancellationToken)
    {
        // A session lost before the commit took its change with it; one lost during the commit may have made it (P1).
        // With a key the second attempt finds out.
        var isInDoubt = false;
        return Retry.RunAsync(
            async () => (await ApplyAsync(
                [change], TicketSql.Lock, () => isInDoubt = change.Wanted.IdempotencyKey is null, cancellationToken))[0]
                ?? new StatusChange.NoTicket(),
            failure => DatabaseFailure.IsUndone(failure) || (!isInDoubt && DatabaseFailure.IsSessionLost(failure)),
            cancellationToken);
    }

    /// <param name="changes">All that can be made are made, or none.</param>
    /// <param name="lockSql">How their tickets are locked.</param>
    /// <param name="committing">Called when from now on the changes may have been made.</param>
    /// <param name="cancellationToken">Ends the wait for locks, too.</param>
    /// <returns>What came of each; null where no ticket was locked for it.</returns>
    public async Task<StatusChange?[]> ApplyAsync(
        IReadOnlyList<TicketToChange> changes, string lockSql, Action committing, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (locked, earlier) = await LockAsync(connection, changes, lockSql, cancellationToken);
        var outcomes = new StatusChange?[changes.Count];
        var accepted = new List<AcceptedChange>();
        var keys = new HashSet<string>();
        for (var index = 0; index < changes.Count; index++)
        {
            // A ticket is taken out, because it can be changed once in a transaction; a key can be used once, too.
            if ((changes[index].Wanted.IdempotencyKey is not { } key || keys.Add(key))
                && locked.Remove(changes[index].Wanted.Ticket, out var ticket))
            {
                outcomes[index] = Refusal(changes[index].Wanted, ticket, earlier);
                if (outcomes[index] is null)
                {
                    accepted.Add(new AcceptedChange(index, changes[index], ticket));
                }
            }
        }

        if (accepted.Count == 0)
        {
            return outcomes;
        }

        var made = await MakeAsync(connection, accepted, cancellationToken);
        if (accepted.Any(change => change.HasKey && !made[change.Ticket.Id].KeyIsKept))
        {
            // A change of another ticket took a key meanwhile; without a commit, none of these has happened.
            return changes.Count == 1 ? [new StatusChange.KeyReused()] : new StatusChange?[changes.Count];
        }

        committing();
        await transaction.CommitAsync(cancellationToken);
        hints.Send();
        accepted.ForEach(change => outcomes[change.Index] = new StatusChange.Done(change.Ticket with
        {
            Status = change.Request.Wanted.Status,
            Version = change.Ticket.Version + 1,
            UpdatedAt = made[change.Ticket.Id].At,
        }));
        return outcomes;
    }

    /// <summary>Locks the tickets, then looks for changes under the same keys: the lock makes an equal request that is
    /// under way the earlier one, so what it did can be read now.</summary>
    private static async Task<(Dictionary<Guid, Ticket> Locked, Dictionary<string, KeptChange> Earlier)> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<TicketToChange> changes, string lockSql,
        CancellationToken cancellationToken)
    {
        var keys = changes.Select(c => c.Wanted.IdempotencyKey).OfType<string>().ToList();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(lockSql) } };
        batch.BatchCommands[0].Parameters.AddArray(NpgsqlDbType.Uuid, changes.Select(c => c.Wanted.Ticket));
        if (keys.Count > 0)
        {
            batch.BatchCommands.Add(new(TicketSql.FindChanges));
            batch.BatchCommands[1].Parameters.AddArray(NpgsqlDbType.Text, keys);
        }

        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var locked = (await Ticket.ReadAllAsync(row, cancellationToken)).ToDictionary(ticket => ticket.Id);
        var earlier = new Dictionary<string, KeptChange>();
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            earlier[row.GetString("idempotency_key")] = KeptChange.Read(row);
        }

        return (locked, earlier);
    }

    /// <returns>Why the change is not made, or what an equal one made of the ticket earlier, whatever happened to it
    /// since; null when it can be made.</returns>
    private static StatusChange? Refusal(NewStatus wanted, Ticket ticket, Dictionary<string, KeptChange> earlier)
    {
        if (wanted.IdempotencyKey is { } key && earlier.TryGetValue(key, out var kept))
        {
            return kept.RequestHash.AsSpan().SequenceEqual(wanted.RequestHash)
                ? new StatusChange.Done(
                    ticket with { Status = kept.Status, Version = kept.Version, UpdatedAt = kept.UpdatedAt })
                : new StatusChange.KeyReused();
        }

        return !wanted.IsCurrent(ticket.Version) ? new StatusChange.Stale(ticket.Version)
            : !TicketStatus.AllowedFrom(ticket.Status).Contains(wanted.Status)
                ? new StatusChange.NotAllowed(From: ticket.Status)
            : null;
    }

    private static async Task<Dictionary<Guid, (DateTimeOffset At, bool KeyIsKept)>> MakeAsync(
        NpgsqlConnection connection, List<AcceptedChange> accepted, CancellationToken cancellationToken)
    {
        await using var change = new NpgsqlCommand(TicketSql.Change, connection);
        var parameters = change.Parameters;
        parameters.AddArray(NpgsqlDbType.Uuid, accepted.Select(c => c.Ticket.Id));
        parameters.AddArray(NpgsqlDbType.Text, accepted.Select(c => c.Request.Wanted.Status));
        parameters.AddArray(NpgsqlDbType.Uuid, accepted.Select(_ => Guid.CreateVersion7()));
        parameters.AddArray(NpgsqlDbType.Jsonb, accepted.Select(c => c.Payload()));
        parameters.AddArray(NpgsqlDbType.Jsonb, accepted.Select(c => c.Request.Headers));
        parameters.AddArray(NpgsqlDbType.Text, accepted.Select(c => c.Request.Wanted.IdempotencyKey));
        parameters.AddArray(NpgsqlDbType.Bytea, accepted.Select(c => c.Request.Wanted.RequestHash));
        var made = new Dictionary<Guid, (DateTimeOffset, bool)>(accepted.Count);
        await using var row = await change.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            made.Add(
                row.GetGuid("id"),
                (row.GetFieldValue<DateTimeOffset>("updated_at"), row.GetBoolean("key_is_kept")));
        }

        return made;
    }

    private sealed record AcceptedChange(int Index, TicketToChange Request, Ticket Ticket)
    {
        public bool HasKey => Request.Wanted.IdempotencyKey is not null;

        public byte[] Payload() => JsonSerializer.SerializeToUtf8Bytes(
            new TicketStatusChanged(
                Ticket.Id, Ticket.Title, Ticket.Status, Request.Wanted.Status, Ticket.Version + 1),
            TicketJson.Default.TicketStatusChanged);
    }

    private sealed record KeptChange(byte[] RequestHash, string Status, int Version, DateTimeOffset UpdatedAt)
    {
        public static KeptChange Read(NpgsqlDataReader row) => new(
            row.GetFieldValue<byte[]>("request_hash"), row.GetString("status"), row.GetInt32("version"),
            row.GetFieldValue<DateTimeOffset>("updated_at"));
    }
}

/// <summary>Changes tickets together. The answer is null where a change must be tried alone: its ticket is locked or
/// not there, an earlier request of the batch has its ticket or its key, nothing of the batch happened, or its key can
/// tell whether something did.</summary>
internal sealed class ChangeBatcher(StatusChanges changes) : Batcher<TicketToChange, StatusChange?>(maxBatch: 128)
{
    protected override async Task AnswerAsync(IReadOnlyList<Pending<TicketToChange, StatusChange?>> batch)
    {
        var mayBeMade = false;
        var outcomes = new StatusChange?[batch.Count];
        try
        {
            outcomes = await changes.ApplyAsync(
                [.. batch.Select(p => p.Request)], TicketSql.LockWithoutWait, () => mayBeMade = true,
                CancellationToken.None);
        }
        catch (Exception failure) when (!mayBeMade || DatabaseFailure.IsUndone(failure))
        {
            // Each finds out alone what is wrong.
        }
        catch (Exception failure)
        {
            // A change with a key can be repeated and finds out whether it was made; without one it is not known (P1).
            foreach (var pending in batch.Where(p => p.Request.Wanted.IdempotencyKey is null))
            {
                pending.Fail(failure);
            }
        }

        for (var index = 0; index < outcomes.Length; index++)
        {
            batch[index].Answer(outcomes[index]);
        }
    }
}

/// <summary>Made by the request, so that the event carries its trace.</summary>
internal sealed class TicketToChange(NewStatus wanted, string requestId)
{
    public NewStatus Wanted { get; } = wanted;

    public byte[] Headers { get; } = OutboxHeaders.Capture(requestId).Write();
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
