using ServiceDesk.Tests.Faults.Chaos;

namespace ServiceDesk.Tests.Faults.Breaking;

/// <summary>Something that goes wrong.</summary>
internal interface IFault
{
    string Name { get; }

    FaultTargets Targets { get; }

    /// <summary>Strikes, and returns when the cause is gone; the system may need longer to recover.</summary>
    /// <returns>What exactly was done.</returns>
    Task<string> StrikeAsync(ChaosSystem system, Random random);
}
