using Diag.CommandLine;
using Diag.Postgres;

namespace Diag.Commands;

internal static class ProcessedCommand
{
    public static readonly Command Definition =
        new("processed", "", "What the notifier has processed, by status; what failed, with the error.", RunAsync);

    private static async Task<int> RunAsync(Invocation run)
    {
        await using var database = await Database.OpenAsync(run);
        await run.PrintAsync(await database.TableAsync(
            ProcessedQueries.ByStatus, run.Cancelled, "STATUS", "ROWS", "OLDEST", "AGE"));
        var failed = await database.TableAsync(
            ProcessedQueries.Failed, run.Cancelled, "FAILED", "TYPE", "EVENT", "AGGREGATE", "ATTEMPTS", "ERROR");
        if (!failed.IsEmpty)
        {
            await run.PrintAsync($"{Environment.NewLine}Failed, latest first:");
            await run.PrintAsync(failed);
        }

        return ExitCode.Ok;
    }
}
