namespace ServiceDesk.Tests.Faults;

/// <summary>Test classes in this collection share servers that they break, so they run one after the other; and nothing runs
/// beside them, because some of what they check is a matter of time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultTests : ICollectionFixture<FaultServersFixture>
{
    public const string Name = "faults";
}
