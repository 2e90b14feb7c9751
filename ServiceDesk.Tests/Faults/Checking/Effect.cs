namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A row of notifications.</summary>
internal sealed record Effect(Guid EventId, Guid TicketId);
