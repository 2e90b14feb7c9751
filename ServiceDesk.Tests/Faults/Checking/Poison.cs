namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A message that a test put into the topic, and that nobody can process.</summary>
/// <param name="Key">Its key; for one that cannot be read, no other message has it.</param>
/// <param name="EventId">Set when it can be read as an event, but has no possible effect.</param>
internal sealed record Poison(string Key, Guid? EventId);
