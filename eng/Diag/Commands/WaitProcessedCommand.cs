using Diag.CommandLine;
using Diag.Postgres;

namespace Diag.Commands;

internal static class WaitProcessedCommand
{
    private const int StatusColumn = 1;

    public static readonly Command Definition = new(
        "wait-processed",
        "EVENT... [--status done] [--timeout 10s]",
        "Waits for processed_events to have every event so. Prints event, status, attempts, error, ms to done.",
        RunAsync)
    {
        MinWords = 1,
        MaxWords = int.MaxValue,
        Values = ["--status", "--timeout"],
    };

    private static Task<int> RunAsync(Invocation run)
    {
        var status = run.Arguments.Find("--status") ?? "done";
        return Poll.UntilAllAsync(run, ProcessedQueries.OfEvents, "events", row => status.Equals(row[StatusColumn]));
    }
}
