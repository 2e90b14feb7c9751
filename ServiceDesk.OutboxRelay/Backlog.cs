namespace ServiceDesk.OutboxRelay;

/// <summary>What is not sent yet, claimed or not.</summary>
internal readonly record struct Backlog(long Pending, double LagSeconds);
