using Diag.CommandLine;
using Diag.Postgres;

namespace Diag.Commands;

internal static class OutboxCommand
{
    public static readonly Command Definition =
        new("outbox", "", "The outbox by status; what failed or waits for another attempt, with the error.", RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        await using var database = await Database.OpenAsync(run);
        await run.PrintAsync(await database.TableAsync(
            OutboxQueries.ByStatus, run.Cancelled, "STATUS", "ROWS", "OLDEST", "AGE"));
        await PrintRowsAsync("Waiting for another attempt, oldest first:", "NEXT ATTEMPT", OutboxQueries.Retrying);
        await PrintRowsAsync("Failed, latest first:", "FAILED", OutboxQueries.Failed);
        return ExitCode.Ok;

        async Task PrintRowsAsync(string title, string time, string sql)
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
}
