namespace ServiceDesk.Tests.Faults;

/// <summary>Test classes in this collection run alone, because they check timing.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NothingBeside
{
    public const string Name = "nothing beside";
}
