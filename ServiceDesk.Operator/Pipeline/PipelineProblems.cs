using ServiceDesk.Operator.Pauses;

namespace ServiceDesk.Operator.Pipeline;

/// <summary>What is wrong, in the order in which to look at it, and what to do.</summary>
internal static class PipelineProblems
{
    /// <summary>As the alert OutboxLag has it.</summary>
    public const double LongLag = 60;

    private static readonly ProblemLink Workers = new("Show relays and consumers", "/workers");
    private static readonly ProblemLink Waiting = new("Show the waiting events", "/events?status=pending");
    private static readonly ProblemLink ShowPause = new("Show the pause", "/#pauses");

    public static IReadOnlyList<PipelineProblem> Find(
        PipelineFigures now, string? oldestError, IReadOnlyList<Pause> pauses, string? kafka, string? letters)
    {
        var problems = new List<PipelineProblem>();
        var isProcessingPaused = pauses.Any(p => p is { Stage: "processing", Scope: "all" });
        if (kafka is not null)
        {
            problems.Add(new(
                "error", $"Kafka does not answer: {kafka}",
                "Events wait in the outbox and lose nothing. Start the brokers, or mend the way to them."));
        }

        if (now.Relays == 0)
        {
            problems.Add(new(
                "error", "No relay is alive, so nothing is published",
                "Start outbox-relay; its log says why it stopped.", Workers));
        }
        else if (now.LagSeconds > LongLag)
        {
            problems.Add(new(
                "error", $"The oldest event has waited {Pages.Show.Age(now.LagSeconds)} to be published",
                oldestError is null
                    ? "Look at the relay's readiness, and at who holds claims."
                    : $"Its last error: {oldestError}", Waiting));
        }

        if (now.Notifiers == 0)
        {
            problems.Add(new(
                "error", "No notifier is alive, so nothing is processed",
                "Start notifier; its log says why it stopped.", Workers));
        }
        else if (now.ConsumerLag > 0 && !isProcessingPaused && now.ProcessedPerSecond == 0 && now.Retrying > 0)
        {
            problems.Add(new(
                "error", $"{now.Retrying} events fail again and again, and their partitions wait",
                "Their error is in the events' lives. Mend its cause; nothing else is needed.", Workers));
        }

        if (now.Failed > 0)
        {
            problems.Add(new(
                "error", $"{Pages.Show.Count(now.Failed)} events cannot be published",
                "Look at the reason, mend it, and retry them; or change or discard them.",
                new ProblemLink("Show what cannot be published", "/failed?source=outbox")));
        }

        if (now.DeadLetters > 0)
        {
            problems.Add(new(
                "error", $"{Pages.Show.Count(now.DeadLetters)} dead letters wait for a decision",
                "Look at the reason, mend it, and retry them; or change or discard them.",
                new ProblemLink("Show the dead letters", "/failed?source=letters")));
        }

        if (letters is not null && kafka is null)
        {
            problems.Add(new(
                "error", $"Dead letters are not read: {letters}", "What is listed here may be incomplete."));
        }

        if (now.Behind > 0)
        {
            problems.Add(new(
                "paused", $"{Events(now.Behind)} behind a failed event of their ticket",
                "They go on when it is settled.", Waiting));
        }

        if (now.Paused > 0)
        {
            problems.Add(new("paused", $"{Events(now.Paused)} because of a pause", "Nothing is lost.", Waiting));
        }

        problems.AddRange(pauses.Select(p => new PipelineProblem(
            "paused", $"{Pages.Show.Subject(p)} is paused by {p.PausedBy}: {p.Reason}",
            "Resume it when the reason is gone.",
            [ShowPause, .. p.Scope == "ticket" ? [new ProblemLink("Show the ticket", $"/tickets/{p.Value}")]
                : Array.Empty<ProblemLink>()])));
        return problems;

        static string Events(long count) => $"{Pages.Show.Count(count)} {(count == 1 ? "event waits" : "events wait")}";
    }
}
