namespace ServiceDesk.Tests.Infrastructure;

/// <summary>One API process on a database of its own, for all tests that only talk to it.</summary>
public sealed class TicketApiFixture : IAsyncLifetime
{
    private readonly ServersFixture _servers = new();
    private ServiceDeskSystem? _system;
    private ServiceProcess? _process;

    internal TestDatabase Database => _system!.Database;

    internal ServiceProcess Process => _process!;

    internal TicketClient Client => new(Process.Http);

    public async Task InitializeAsync()
    {
        await _servers.InitializeAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        _process = await _system.StartTicketApiAsync();
    }

    public async Task DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }
}
