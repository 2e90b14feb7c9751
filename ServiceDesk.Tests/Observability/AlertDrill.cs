namespace ServiceDesk.Tests.Observability;

/// <summary>A fault that is held until its alerts fire.</summary>
/// <param name="Fault">What is broken.</param>
/// <param name="Raises">Alerts that must fire.</param>
/// <param name="Allows">Alerts that may, depending on how long the others take and what was under way.</param>
/// <param name="StrikeAsync">Breaks it.</param>
/// <param name="HealAsync">Mends it.</param>
internal sealed record AlertDrill(
    string Fault, string[] Raises, string[] Allows, Func<Task> StrikeAsync, Func<Task> HealAsync);
