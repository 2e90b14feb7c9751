using ServiceDesk.Operator.Pauses;

namespace ServiceDesk.Operator.Pipeline;

/// <summary>What is wrong, in the order in which to look at it, and what to do.</summary>
internal static class PipelineProblems
{
    /// <summary>As the alert OutboxLag has it.</summary>
    private const double LongLag = 60;

    public static IReadOnlyList<PipelineProblem> Find(
        PipelineFigures now, string? oldestError, IReadOnlyList<Pause> pauses, string? kafka, string? letters)
    {
        var problems = new List<PipelineProblem>();
        var allPaused = pauses.Where(p => p.Scope == "all").Select(p => p.Stage).ToHashSet();
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
                "Start outbox-relay; its log says why it stopped.", "/workers"));
        }
        else if (now.LagSeconds > LongLag && !allPaused.Contains("publishing"))
        {
            problems.Add(new(
                "error", $"The oldest event has waited {Pages.Show.Age(now.LagSeconds)} to be published",
                oldestError is null
                    ? "Look at the relay's readiness, and at who holds claims."
                    : $"Its last error: {oldestError}", "/events?status=pending"));
        }

        if (now.Notifiers == 0)
        {
            problems.Add(new(
                "error", "No notifier is alive, so nothing is processed",
                "Start notifier; its log says why it stopped.", "/workers"));
        }
        else if (now.ConsumerLag > 0 && now.ProcessedPerSecond == 0 && now.Retrying > 0)
        {
            problems.Add(new(
                "error", $"{now.Retrying} events fail again and again, and their partitions wait",
                "Their error is in the events' lives. Mend its cause; nothing else is needed.", "/workers"));
        }

        if (now.Failed > 0)
        {
            problems.Add(new(
                "error", $"{Pages.Show.Count(now.Failed)} events cannot be published",
                "Look at the reason, mend it, and retry them; or change or discard them.", "/failed?source=outbox"));
        }

        if (now.DeadLetters > 0)
        {
            problems.Add(new(
                "error", $"{Pages.Show.Count(now.DeadLetters)} dead letters wait for a decision",
                "Look at the reason, mend it, and retry them; or change or discard them.", "/failed?source=letters"));
        }

        if (letters is not null && kafka is null)
        {
            problems.Add(new(
                "error", $"Dead letters are not read: {letters}", "What is listed here may be incomplete."));
        }

        problems.AddRange(pauses.Select(p => new PipelineProblem(
            "paused", $"{Name(p)} is paused by {p.PausedBy}: {p.Reason}", "Resume it when the reason is gone.",
            "/#pauses")));
        return problems;
    }

    private static string Name(Pause pause) => pause.Scope switch
    {
        "all" => pause.Stage == "publishing" ? "Publishing" : "Processing",
        "event_type" => $"{(pause.Stage == "publishing" ? "Publishing" : "Processing")} of {pause.Value}",
        _ => $"{(pause.Stage == "publishing" ? "Publishing" : "Processing")} of ticket {pause.Value}",
    };
}
