namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A message of the dead-letter topic.</summary>
internal sealed record DeadLetter(string? Key, Guid? EventId);
