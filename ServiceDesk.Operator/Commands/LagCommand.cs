using System.CommandLine;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Kafka;
using ServiceDesk.Operator.Postgres;

namespace ServiceDesk.Operator.Commands;

internal static class LagCommand
{
    public static Command Create() =>
        new Command("lag", "What is on its way: events not sent yet, messages not processed yet.").Does(
            (_, run) => PrintAsync(run));

    private static async Task PrintAsync(DiagRun run)
    {
        var table = new Table("WHERE", "WAITING", "OLDEST");
        var problems = new List<DiagException>();
        var (topic, group) = (run.Settings.Topic, run.Settings.Group);
        // Where one server is away, the other's half is what the operator needs most.
        await AddAsync("outbox", OutboxAsync);
        await AddAsync($"{topic} -> {group}", () => Task.FromResult<(object?, object?)>((Consumer(), null)));
        await run.PrintAsync(table);
        if (problems.Count > 0)
        {
            throw DiagException.Unavailable(string.Join("; ", problems.Select(p => p.Message)));
        }

        async Task AddAsync(string where, Func<Task<(object? Waiting, object? Oldest)>> look)
        {
            try
            {
                var (waiting, oldest) = await look();
                table.Add(where, waiting, oldest);
            }
            catch (Exception e) when (DiagRun.Explain(e, run.Settings) is { } problem)
            {
                problems.Add(problem);
                table.Add(where, "?", null);
            }
        }

        async Task<(object?, object?)> OutboxAsync()
        {
            await using var database = await Database.OpenAsync(run);
            var row = (await database.RowsAsync(OutboxQueries.Lag, run.Cancelled))[0];
            return (row[0], row[1]);
        }

        long Consumer()
        {
            using var broker = new Broker(run.Settings);
            return PartitionLag.Read(broker, group, topic).Sum(p => p.Lag);
        }
    }
}
