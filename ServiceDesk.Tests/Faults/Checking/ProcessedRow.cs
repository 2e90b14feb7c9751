namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A row of processed_events.</summary>
internal sealed record ProcessedRow(Guid EventId, string Status);
