using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Operator;

/// <summary>Tests that have a system and a console for each of them.</summary>
public abstract class OperatorTests(ServersFixture fixture) : IClassFixture<ServersFixture>, IAsyncLifetime
{
    private protected ServiceDeskSystem Desk { get; private set; } = null!;

    private protected OperatorClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Desk = await ServiceDeskSystem.CreateAsync(fixture.Servers);
        Client = await OperatorClient.StartAsync(Desk);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Desk.DisposeAsync();
    }
}
