using Diag.CommandLine;
using Diag.Kafka;
using Diag.Postgres;
using Npgsql;

namespace Diag.Commands;

/// <summary>Gives failed events another chance once the cause is gone: failed outbox rows are pending again, failed processed
/// events are sent again from their dead letters. Harmless to repeat.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan ScanLimit = TimeSpan.FromMinutes(2);

    public static readonly Command Definition = new(
        "replay",
        "EVENT_ID | --all",
        "Gives one failed event, or all of them, another chance; says what it did.",
        RunAsync)
    {
        MaxWords = 1,
        Flags = ["--all"],
    };

    private static async Task<int> RunAsync(Invocation run)
    {
        var ids = run.Arguments.Ids();
        if (ids.Count == 0 != run.Arguments.Has("--all"))
        {
            throw DiagException.Usage("expected: diag replay EVENT_ID, or diag replay --all");
        }

        Guid? only = ids.Count == 0 ? null : ids[0];
        await using var database = await Database.OpenAsync(run);
        var pending = await database.RowsAsync(ReplayQueries.OutboxToPending, run.Cancelled, Id(only));
        var failed = (await database.RowsAsync(ReplayQueries.FailedProcessed, run.Cancelled, Id(only)))
            .Select(row => (Guid)row[0]!).ToHashSet();
        var found = failed.Count;
        if (found > 0)
        {
            await SendAgainAsync(run, database, failed);
        }

        await run.PrintAsync($"outbox: {pending.Count} failed events are pending again");
        await run.PrintAsync($"processed: {found - failed.Count} of {found} failed events sent to {run.Settings.Topic} again");
        if (failed.Count > 0)
        {
            await run.PrintAsync($"no dead letter of these is in {run.Settings.DeadLetterTopic}, or they were replayed meanwhile:");
            foreach (var id in failed)
            {
                await run.PrintAsync($"  {id}");
            }
        }

        var nothing = only is not null && pending.Count == 0 && found == 0;
        return nothing || failed.Count > 0 ? ExitCode.NotFound : ExitCode.Ok;
    }

    /// <summary>Removes from <paramref name="failed"/> what it sent.</summary>
    private static async Task SendAgainAsync(Invocation run, Database database, HashSet<Guid> failed)
    {
        var letters = FindLetters(run, failed);
        using var replay = new ReplayProducer(run.Settings);
        foreach (var (id, letter) in letters)
        {
            // The row is held while the message is sent: a notifier that is quicker waits for the commit, and then finds
            // the event open again. If the commit does not come about, the message is skipped as a duplicate.
            var reopened = await database.InTransactionAsync(
                ReplayQueries.ReopenProcessed, () => replay.SendAsync(letter, run.Cancelled), run.Cancelled, Id(id));
            if (reopened)
            {
                failed.Remove(id);
            }
        }
    }

    /// <summary>The last dead letter of each event.</summary>
    private static Dictionary<Guid, Message> FindLetters(Invocation run, HashSet<Guid> failed)
    {
        using var broker = new Broker(run.Settings);
        var letters = new Dictionary<Guid, Message>();
        foreach (var letter in TopicScan.Read(
            broker, run.Settings.DeadLetterTopic, newest: null, follow: false, ScanLimit, run.Cancelled))
        {
            if (Guid.TryParse(letter.EventId, out var id) && failed.Contains(id))
            {
                letters[id] = letter;
            }
        }

        return letters;
    }

    private static NpgsqlParameter Id(Guid? id) =>
        new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid };
}
