using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Contracts;

/// <summary>Programs of other makers that know the contracts' standards, from npm.</summary>
internal static class ContractPrograms
{
    public static NodeProject Node { get; } =
        new(Path.Combine("ServiceDesk.Tests", "Contracts", "Node"), "contracts");
}
