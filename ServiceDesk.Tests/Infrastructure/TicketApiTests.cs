namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Test classes in this collection share one API process, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TicketApiTests : ICollectionFixture<TicketApiFixture>
{
    public const string Name = "Integration.Http";
}
