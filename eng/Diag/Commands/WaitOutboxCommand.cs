using Diag.CommandLine;
using Diag.Postgres;

namespace Diag.Commands;

internal static class WaitOutboxCommand
{
    private const int StatusColumn = 3;

    public static readonly Command Definition = new(
        "wait-outbox",
        "TICKET... [--status sent] [--timeout 10s]",
        "Waits for every event of the tickets to be so. Prints ticket, event, type, status, attempts, ms to sent.",
        RunAsync)
    {
        MinWords = 1,
        MaxWords = int.MaxValue,
        Values = ["--status", "--timeout"],
    };

    private static Task<int> RunAsync(Invocation run)
    {
        var status = run.Arguments.Find("--status") ?? "sent";
        return Poll.UntilAllAsync(run, OutboxQueries.OfTickets, "tickets", row => status.Equals(row[StatusColumn]));
    }
}
