namespace ServiceDesk.Tests.Faults.Checking;

/// <summary>A breach of an invariant.</summary>
/// <param name="Invariant">Which one.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Subject">The ticket or event whose log lines tell more.</param>
internal sealed record Violation(Invariant Invariant, string Detail, Guid? Subject = null);
