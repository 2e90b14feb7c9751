using Xunit.Abstractions;

[assembly: TestCollectionOrderer("ServiceDesk.Tests.Infrastructure.OrderOfCollections", "ServiceDesk.Tests")]

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>By name: the same order in every run, and those that take long first, so that no core waits for the last of them.
/// They are the named one, which is the API's, and the faults. Left to itself xunit chooses an order at random.</summary>
public sealed class OrderOfCollections : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
