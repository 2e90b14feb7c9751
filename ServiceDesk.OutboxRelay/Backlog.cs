namespace ServiceDesk.OutboxRelay;

/// <summary>What waits to be published.</summary>
internal readonly record struct Backlog(long Pending, double LagSeconds);
