using System.CommandLine;
using Npgsql;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;
using ServiceDesk.Operator.Postgres;

namespace ServiceDesk.Operator.Commands;

/// <summary>What scripts wait for. Each prints the last answer, tab-separated, and fails on a time-out.</summary>
internal static class WaitCommands
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Command Outbox() => InDatabase(
        "wait-outbox",
        "Waits for every event of the tickets to be so. Prints ticket, event, type, status, attempts, ms to sent.",
        "TICKET", OutboxQueries.OfTickets, statusColumn: 3, status: "sent");

    public static Command Processed() => InDatabase(
        "wait-processed",
        "Waits for processed_events to have every event so. Prints event, status, attempts, error, ms to done.",
        "EVENT", ProcessedQueries.OfEvents, statusColumn: 1, status: "done");

    public static Command Event()
    {
        var events = Parameters.Ids("EVENT", "Event ids", ArgumentArity.OneOrMore);
        var (topic, timeout) = (Parameters.Topic(), Parameters.Timeout());
        var fromBeginning = new Option<bool>("--from-beginning")
        {
            Description = "Not only the newest 10,000 of each partition",
        };
        return new Command(
            "wait-event", "Reads a topic until it has shown every one of the events. Prints event, partition, offset.")
        {
            events, topic, timeout, fromBeginning,
        }.Does(async (parsed, run) =>
        {
            var missing = parsed.GetRequiredValue(events).ToHashSet();
            var name = parsed.GetValue(topic) ?? run.Settings.Topic;
            int? newest = parsed.GetValue(fromBeginning) ? null : TopicScan.SearchDepth;
            using var broker = new Broker(run.Settings);
            foreach (var message in TopicScan.Read(
                broker, name, newest, follow: true, parsed.GetValue(timeout), run.Cancelled))
            {
                if (Guid.TryParse(message.EventId, out var id) && missing.Remove(id))
                {
                    await run.PrintAsync($"{id}\t{message.At.Partition.Value}\t{message.At.Offset.Value}");
                }

                if (missing.Count == 0)
                {
                    return true;
                }
            }

            throw DiagException.NotFound($"not on {name} in time: {string.Join(", ", missing)}");
        });
    }

    private static Command InDatabase(
        string name, string description, string argument, string sql, int statusColumn, string status)
    {
        var ids = Parameters.Ids(argument, "Ids", ArgumentArity.OneOrMore);
        var wanted = new Option<string>("--status")
        {
            Description = "The status to wait for",
            DefaultValueFactory = _ => status,
        };
        var timeout = Parameters.Timeout();
        return new Command(name, description) { ids, wanted, timeout }.Does(async (parsed, run) =>
        {
            using var deadline = new CancellationTokenSource(parsed.GetValue(timeout));
            await using var database = await Database.OpenAsync(run);
            while (true)
            {
                var rows = await database.RowsAsync(
                    sql, run.Cancelled, new NpgsqlParameter("ids", parsed.GetRequiredValue(ids)));
                var isSo = rows.All(row => Equals(row[statusColumn], parsed.GetValue(wanted)));
                if (isSo || deadline.IsCancellationRequested)
                {
                    foreach (var row in rows)
                    {
                        await run.PrintAsync(string.Join('\t', row.Select(Cell)));
                    }

                    return isSo;
                }

                await Task.Delay(Interval, run.Cancelled);
            }
        });
    }

    private static string Cell(object? value) => value is decimal milliseconds
        ? Format.Cell(decimal.Round(milliseconds))
        : Format.Cell(value).ReplaceLineEndings(" ").Replace('\t', ' ');
}
