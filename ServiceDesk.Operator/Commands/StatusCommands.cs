using System.CommandLine;
using ServiceDesk.Operator.CommandLine;
using ServiceDesk.Operator.Postgres;

namespace ServiceDesk.Operator.Commands;

/// <summary>The two tables by status, and what failed or waits, with the error.</summary>
internal static class StatusCommands
{
    public static Command Outbox() =>
        new Command("outbox", "The outbox by status; what failed or waits for another attempt, with the error.")
            .Does(async (_, run) =>
            {
                await using var database = await Database.OpenAsync(run);
                await run.PrintAsync(await ByStatusAsync(database, OutboxQueries.ByStatus, run));
                await PrintRowsAsync(
                    database, "Waiting for another attempt, oldest first:",
                    "NEXT ATTEMPT", OutboxQueries.Retrying, run);
                await PrintRowsAsync(database, "Failed, latest first:", "FAILED", OutboxQueries.Failed, run);
                await PrintRowsAsync(
                    database, "Behind a failed event of their ticket, held if OutboxRelay:OnFailure is hold:",
                    "WRITTEN", OutboxQueries.Behind, run);
            });

    public static Command Processed() =>
        new Command("processed", "What the notifier has processed, by status; what failed, with the error.")
            .Does(async (_, run) =>
            {
                await using var database = await Database.OpenAsync(run);
                await run.PrintAsync(await ByStatusAsync(database, ProcessedQueries.ByStatus, run));
                await PrintRowsAsync(database, "Failed, latest first:", "FAILED", ProcessedQueries.Failed, run);
                await PrintRowsAsync(database, "Held, oldest first:", "HELD", ProcessedQueries.Held, run);
            });

    private static Task<Table> ByStatusAsync(Database database, string sql, DiagRun run) =>
        database.TableAsync(sql, run.Cancelled, "STATUS", "ROWS", "OLDEST", "AGE");

    private static async Task PrintRowsAsync(Database database, string title, string time, string sql, DiagRun run)
    {
        var table = await database.TableAsync(
            sql, run.Cancelled, time, "TYPE", "EVENT", "AGGREGATE", "ATTEMPTS", "ERROR");
        if (!table.IsEmpty)
        {
            await run.PrintAsync($"{Environment.NewLine}{title}");
            await run.PrintAsync(table);
        }
    }
}
