namespace ServiceDesk.Tests.Faults;

/// <summary>Test classes in this collection have the machine for themselves, because what they check is a matter of time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NothingBeside
{
    public const string Name = "nothing beside";
}
