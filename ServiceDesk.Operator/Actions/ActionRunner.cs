using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Clients;
using ServiceDesk.Clients.Postgres;
using ServiceDesk.Operator.Postgres;
using static ServiceDesk.Operator.Postgres.Query;

namespace ServiceDesk.Operator.Actions;

/// <summary>
/// Carries out actions, batch by batch. A batch is one transaction, which also moves the action on, so a console that
/// ends in the middle leaves nothing half done, and the next one goes on from there. Rows that two actions want belong
/// to the first that locks them.
/// </summary>
internal sealed partial class ActionRunner(
    NpgsqlDataSource database, LetterSender sender, SchemaGate schema, TimeProvider time, ILogger<ActionRunner> logger)
    : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _asked = new(0, 1);
    private readonly LogPace _pace = new(time);

    /// <summary>After a batch.</summary>
    public event Action? Changed;

    /// <summary>There is a new action.</summary>
    public void Wake()
    {
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await RunBatchAsync(stoppingToken))
                {
                    await _asked.WaitAsync(Idle, stoppingToken);
                }
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                if (_pace.Next(failed.Message) is { } reason)
                {
                    LogFailed(DatabaseFailure.IsOutage(failed) ? null : failed, reason);
                }

                await Task.Delay(Later, time, stoppingToken);
            }
        }
    }

    /// <returns>Whether there was a batch to do.</returns>
    private async Task<bool> RunBatchAsync(CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var taken = default(Guid);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(stopping);
            await using var take = new NpgsqlCommand(ActionSql.TakeDue, connection);
            var due = await take.ReadAsync(Running.Read, stopping);
            if (due is not [var action])
            {
                return false;
            }

            taken = action.Id;
            var batch = action.Source == "outbox"
                ? await SettleFailedAsync(connection, action, stopping)
                : await SettleLettersAsync(connection, action, stopping);
            var wait = action.Rate is { } rate
                ? TimeSpan.FromSeconds((double)batch.Chosen / rate)
                : TimeSpan.Zero;
            await connection.ExecuteAsync(
                ActionSql.Progress, stopping, Id(action.Id), Number(batch.Done), Number(batch.Position),
                Text(batch.Error), new NpgsqlParameter<TimeSpan> { TypedValue = wait },
                new NpgsqlParameter<bool> { TypedValue = batch.Chosen < action.BatchSize });
            await transaction.CommitAsync(stopping);
        }
        catch (Exception failed) when (failed is KafkaException || DatabaseFailure.IsUndone(failed))
        {
            // Rolled back: nothing of the batch happened in the tables, and what was sent is skipped as a duplicate.
            LogPostponed(taken, failed.Message);
            await using var postpone = database.CreateCommand(ActionSql.Postpone);
            postpone.Parameters.AddRange((NpgsqlParameter[])
                [Id(taken), Text(failed.Message), new NpgsqlParameter<TimeSpan> { TypedValue = Later }]);
            await postpone.ExecuteNonQueryAsync(stopping);
        }

        Changed?.Invoke();
        return true;
    }

    private static async Task<Batch> SettleFailedAsync(
        NpgsqlConnection connection, Running action, CancellationToken stopping)
    {
        await using var choose = new NpgsqlCommand(ActionSql.ChooseFailed, connection);
        var ids = await choose.ReadAsync(
            row => row.GetInt64(0), stopping,
            [
                .. action.Selection.Parameters("outbox"), Number(action.Position), Time(action.RequestedAt),
                Int(action.BatchSize),
            ]);
        var done = await connection.ExecuteAsync(
            action.Kind == "retry" ? ActionSql.Retry : ActionSql.Discard, stopping,
            Numbers([.. ids]), Id(action.Id));
        return new(ids.Count, done, ids.Count == 0 ? action.Position : ids[^1], Error: null);
    }

    private async Task<Batch> SettleLettersAsync(
        NpgsqlConnection connection, Running action, CancellationToken stopping)
    {
        await using var choose = new NpgsqlCommand(ActionSql.ChooseLetters, connection);
        var letters = await choose.ReadAsync(
            ChosenLetter.Read, stopping,
            [
                .. action.Selection.Parameters("letters"),
                new NpgsqlParameter<bool> { TypedValue = action.Kind == "retry" },
                Number(action.Position), Time(action.RequestedAt), Int(action.BatchSize),
            ]);
        if (letters.Count == 0)
        {
            return new(0, 0, action.Position, Error: null);
        }

        var (ids, events) = (letters.Select(l => l.Id).ToArray(), EventsOf(letters));
        if (action.Kind == "discard")
        {
            await connection.ExecuteAsync(ActionSql.GiveUpEffects, stopping, Ids(events));
            await connection.ExecuteAsync(
                ActionSql.SettleLetters, stopping, Numbers(ids), Ids(events), Text("discarded"));
            await connection.ExecuteAsync(ActionSql.NoteLetters, stopping, Id(action.Id), Numbers(ids));
            return new(letters.Count, letters.Count, ids[^1], Error: null);
        }

        return await SendAsync(connection, action, letters, stopping);
    }

    private async Task<Batch> SendAsync(
        NpgsqlConnection connection, Running action, List<ChosenLetter> letters, CancellationToken stopping)
    {
        var (ids, events) = (letters.Select(l => l.Id).ToArray(), EventsOf(letters));
        await using var reopen = new NpgsqlCommand(ActionSql.Reopen, connection);
        var free = (await reopen.ReadAsync(row => row.GetGuid(0), stopping, Ids(events))).ToHashSet();
        await connection.ExecuteAsync(ActionSql.SettleLetters, stopping, Numbers(ids), Ids(events), Text("retried"));
        // The newest letter of an event stands for all; one without an event was settled by its status alone.
        var newest = letters.Where(l => l.EventId is not null).GroupBy(l => l.EventId).Select(g => g.Last());
        var sending = newest.Where(l => free.Contains(l.EventId!.Value)).Concat(letters.Where(l => l.EventId is null))
            .ToList();
        // The rows stay locked while it is sent: a quicker notifier waits, and then finds the events open.
        var refused = await sender.SendAsync(sending, stopping);
        if (refused.Count > 0)
        {
            await connection.ExecuteAsync(
                ActionSql.TakeBack, stopping, Numbers([.. refused.Select(r => r.Letter.Id)]),
                Ids(EventsOf(refused.Select(r => r.Letter))));
        }

        var sent = sending.Except(refused.Select(r => r.Letter)).Select(l => l.Id).ToArray();
        await connection.ExecuteAsync(ActionSql.NoteLetters, stopping, Id(action.Id), Numbers(sent));
        return new(
            letters.Count, sent.Length, ids[^1],
            refused.Count == 0 ? null : $"{refused.Count} were refused by the broker: {refused[0].Reason}");
    }

    private static Guid[] EventsOf(IEnumerable<ChosenLetter> letters) =>
        [.. letters.Where(l => l.EventId is not null).Select(l => l.EventId!.Value).Distinct()];

    [LoggerMessage(LogLevel.Warning, "Actions are not carried out now, trying again: {Reason}")]
    private partial void LogFailed(Exception? bug, string reason);

    [LoggerMessage(LogLevel.Warning, "A batch of action {Action} is postponed, trying again: {Reason}")]
    private partial void LogPostponed(Guid action, string reason);

    private sealed record Running(
        Guid Id, string Kind, string Source, Selection Selection, DateTimeOffset RequestedAt, long Position, int? Rate)
    {
        public int BatchSize => Math.Min(ActionRunner.BatchSize, Rate ?? int.MaxValue);

        public static Running Read(NpgsqlDataReader row) => new(
            row.Get<Guid>("id"), row.Get<string>("kind")!, row.Get<string>("source")!,
            JsonSerializer.Deserialize<Selection>(row.Get<string>("selection")!, Actions.Selection.Json)!,
            row.When("requested_at")!.Value, row.Get<long>("position"), row.Get<int?>("rate"));
    }

    private readonly record struct Batch(int Chosen, int Done, long Position, string? Error);
}
