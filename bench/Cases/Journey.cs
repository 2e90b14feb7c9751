namespace ServiceDesk.Bench.Cases;

/// <summary>When one ticket reached each station on its way.</summary>
/// <param name="Scheduled">Its POST was due; the generator's clock.</param>
/// <param name="Answered">Its POST was answered; the generator's clock.</param>
/// <param name="Created">outbox.created_at, the start of the transaction that wrote it; the database's clock.</param>
/// <param name="Published">The message's timestamp: when the relay produced it, by its clock in whole ms.</param>
/// <param name="Sent">outbox.sent_at: when the relay marked it after the acknowledgement, by the
/// database's clock.</param>
/// <param name="Processed">The notifier's log line after its transaction, by its clock in whole ms. Without such lines,
/// processed_events.processed_at, the start of that transaction.</param>
internal readonly record struct Journey(
    DateTime Scheduled, DateTime Answered, DateTime Created, DateTime Published, DateTime Sent, DateTime Processed)
{
    public TimeSpan Total => Processed - Scheduled;

    /// <summary>What the caller waits for.</summary>
    public TimeSpan Commit => Answered - Scheduled;

    /// <summary>For the commit, the hint, and the relay's claim.</summary>
    public TimeSpan Wait => Published - Created;

    /// <summary>Until the relay knows that the broker has it; the notifier may be ahead of that.</summary>
    public TimeSpan Publish => Sent - Published;

    /// <summary>Through the broker to the notifier, into its batch, and through its transaction.</summary>
    public TimeSpan Consume => Processed - Published;
}
