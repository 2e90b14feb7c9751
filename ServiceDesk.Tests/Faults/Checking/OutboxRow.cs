namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A row of the outbox.</summary>
/// <param name="Id">In the order of the changes of one ticket.</param>
/// <param name="EventId">The event.</param>
/// <param name="TicketId">Whose event it is.</param>
/// <param name="Version">The ticket's version after the change; from the payload.</param>
/// <param name="RequestId">The request that caused it.</param>
/// <param name="Status">What became of it.</param>
internal sealed record OutboxRow(long Id, Guid EventId, Guid TicketId, int Version, string? RequestId, string Status);
