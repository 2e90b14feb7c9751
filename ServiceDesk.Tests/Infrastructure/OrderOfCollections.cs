using Xunit.Abstractions;

[assembly: TestCollectionOrderer("ServiceDesk.Tests.Infrastructure.OrderOfCollections", "ServiceDesk.Tests")]

namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Orders by name, so that every run has the same order, with the slowest first so that no core waits for the
/// last. Those are the named one, which is the API's, and the faults. By default xunit's order is random.</summary>
public sealed class OrderOfCollections : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
