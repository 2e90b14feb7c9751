namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A message of the topic.</summary>
/// <param name="EventId">Null when none can be read from it.</param>
/// <param name="Misfit">What of it does not fit the published schemas; null when all of it does.</param>
internal sealed record TopicMessage(int Partition, long Offset, string? Key, Guid? EventId, string? Misfit = null);
