using System.CommandLine;
using Confluent.Kafka;
using Npgsql;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;
using ServiceDesk.Operator.Postgres;

namespace ServiceDesk.Operator.Commands;

/// <summary>Gives failed events another try once the cause is gone: failed outbox rows are pending again, failed
/// processed events and all other dead letters are sent again. Repeating it is harmless: what was processed meanwhile
/// is left alone.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan ScanLimit = TimeSpan.FromHours(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var options = new ReplayOptions();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var rate = Parameters.Count("--rate", "At most so many events a second", fallback: 1_000_000);
        var command = new Command("replay", "Gives failed events and dead letters another chance; says what it did.")
        {
            dryRun,
            rate,
        };
        options.AddTo(command);
        return command.Does(async (parsed, run) =>
        {
            await using var database = await Database.OpenAsync(run);
            using var replay = new Replay(
                run, database, options.Read(parsed), parsed.GetValue(dryRun), parsed.GetValue(rate));
            return await replay.RunAsync();
        });
    }

    private sealed class Replay(DiagRun run, Database database, ReplaySelection selection, bool dryRun, int rate)
        : IDisposable
    {
        private readonly Broker _broker = new(run.Settings);
        private readonly PeriodicTimer _pace = new(TimeSpan.FromSeconds(1));
        private readonly ReplayProducer _producer = new(run.Settings);
        private long _lastProgress = TimeProvider.System.GetTimestamp();
        private int _inThisSecond;
        private int _handled;

        /// <returns>Whether there was something to replay, and all of it could be.</returns>
        public async Task<bool> RunAsync()
        {
            // One dead letter by its place says nothing about other events.
            var outbox = selection.Letter is null ? await IdsAsync(ReplayQueries.FailedInOutbox) : [];
            var failed = (selection.Letter is null ? await IdsAsync(ReplayQueries.FailedInProcessed) : []).ToHashSet();
            var found = failed.Count;
            foreach (var id in outbox)
            {
                await PaceAsync();
                await (dryRun
                    ? Task.CompletedTask
                    : database.ExecuteAsync(ReplayQueries.OutboxToPending, run.Cancelled, Id(id)));
            }

            var others = await SendLettersAsync(failed);
            var done = dryRun ? "would be" : "are";
            await run.PrintAsync($"outbox: {outbox.Count} failed events {done} pending again");
            await run.PrintAsync(
                $"processed: {found - failed.Count} of {found} failed events "
                + $"{(dryRun ? "would be " : "")}sent to {run.Settings.Topic} again");
            await run.PrintAsync(
                $"dead letters: {others} of no failed event "
                + $"{(dryRun ? "would be " : "")}sent to {run.Settings.Topic} again");
            if (failed.Count > 0)
            {
                await run.PrintAsync(
                    $"no whole dead letter of these is in {run.Settings.DeadLetterTopic}, "
                    + "or they were replayed meanwhile:");
                foreach (var id in failed)
                {
                    await run.PrintAsync($"  {id}");
                }
            }

            var isChosen = selection.Events is not null || selection.Letter is not null;
            return failed.Count == 0 && (!isChosen || outbox.Count + found + others > 0);
        }

        public void Dispose()
        {
            _producer.Dispose();
            _pace.Dispose();
            _broker.Dispose();
        }

        /// <summary>Two passes, so that a large topic need not fit into memory: the first finds each event's last dead
        /// letter, the second sends it. Removes what it sent from <paramref name="failed"/>.</summary>
        /// <returns>How many were sent that belong to no failed event.</returns>
        private async Task<int> SendLettersAsync(HashSet<Guid> failed)
        {
            var last = new Dictionary<Guid, TopicPartitionOffset>();
            foreach (var letter in Letters())
            {
                if (EventOf(letter) is { } id && (failed.Contains(id) || selection.Includes(letter)))
                {
                    last[id] = letter.At;
                }
            }

            var others = 0;
            foreach (var letter in Letters())
            {
                if (EventOf(letter) is not { } id)
                {
                    // Nothing could tell that it was replayed already, so it is sent only by its place.
                    others += selection.Letter is not null && selection.Includes(letter) && await SendAsync(letter)
                        ? 1
                        : 0;
                }
                else if (last.GetValueOrDefault(id) == letter.At)
                {
                    var isFailed = failed.Contains(id) || (selection.Letter is not null && await IsFailedAsync(id));
                    if (isFailed
                        ? await ReopenAsync(id, letter)
                        : !await IsUnderWayOrDoneAsync(id) && await SendAsync(letter))
                    {
                        others += failed.Remove(id) ? 0 : 1;
                    }
                }
            }

            return others;
        }

        /// <summary>Locks the row while the message is sent, so that a quicker notifier waits for the commit and then
        /// finds the event open. If the commit fails, the message is skipped as a duplicate.</summary>
        private async Task<bool> ReopenAsync(Guid id, Message letter)
        {
            await PaceAsync();
            return dryRun || await database.InTransactionAsync(
                ReplayQueries.ReopenProcessed, () => SendAndSettleAsync(letter), run.Cancelled, Id(id));
        }

        private async Task<bool> SendAsync(Message letter)
        {
            await PaceAsync();
            await (dryRun ? Task.CompletedTask : SendAndSettleAsync(letter));
            return true;
        }

        private async Task SendAndSettleAsync(Message letter)
        {
            await _producer.SendAsync(letter, run.Cancelled);
            await database.ExecuteAsync(
                ReplayQueries.SettleLetter, run.Cancelled, new NpgsqlParameter<string> { TypedValue = letter.At.Topic },
                new NpgsqlParameter<int> { TypedValue = letter.At.Partition.Value },
                new NpgsqlParameter<long> { TypedValue = letter.At.Offset.Value }, Query.Id(EventOf(letter)));
        }

        private async Task PaceAsync()
        {
            if (++_inThisSecond > rate)
            {
                await _pace.WaitForNextTickAsync(run.Cancelled);
                _inThisSecond = 1;
            }

            _handled++;
            if (TimeProvider.System.GetElapsedTime(_lastProgress) > ProgressInterval)
            {
                _lastProgress = TimeProvider.System.GetTimestamp();
                await Console.Error.WriteLineAsync($"diag: {_handled} so far");
            }
        }

        /// <summary>Those that still are the whole message: a part of an event is none.</summary>
        private IEnumerable<Message> Letters() => TopicScan.Read(
                _broker, run.Settings.DeadLetterTopic, newest: null, follow: false, ScanLimit, run.Cancelled)
            .Where(letter => !letter.IsCut);

        private async Task<List<Guid>> IdsAsync(string sql) =>
            [.. (await database.RowsAsync(sql, run.Cancelled, selection.Parameters())).Select(row => (Guid)row[0]!)];

        private async Task<bool> IsFailedAsync(Guid id)
        {
            var one = new ReplaySelection([id], null, null, null, null, null);
            var rows = await database.RowsAsync(ReplayQueries.FailedInProcessed, run.Cancelled, one.Parameters());
            return rows.Count > 0;
        }

        private async Task<bool> IsUnderWayOrDoneAsync(Guid id) =>
            (await database.RowsAsync(ReplayQueries.IsUnderWayOrDone, run.Cancelled, Id(id)))[0][0] is true;

        private static Guid? EventOf(Message letter) => Guid.TryParse(letter.EventId, out var id) ? id : null;

        private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };
    }
}
