namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>A fault, or two at once, that is over.</summary>
/// <param name="At">When it began.</param>
/// <param name="Names">What kind.</param>
/// <param name="Detail">What exactly was done.</param>
/// <param name="Duration">Until the cause was gone.</param>
/// <param name="Recovery">From then until tickets created afterwards were processed; null when they were not.</param>
/// <param name="Alerts">What fired meanwhile, also because of the faults just before.</param>
internal sealed record StruckFault(
    TimeSpan At, IReadOnlyList<string> Names, string Detail, TimeSpan Duration, TimeSpan? Recovery,
    IReadOnlyCollection<string> Alerts);
