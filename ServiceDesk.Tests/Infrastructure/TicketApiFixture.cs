namespace ServiceDesk.Tests.Infrastructure;

/// <summary>One API process on a database of its own, for all tests that only talk to it.</summary>
public class TicketApiFixture : IAsyncLifetime
{
    private readonly ServersFixture _servers = new();
    private ServiceDeskSystem? _system;
    private ServiceProcess? _process;

    internal TestDatabase Database => _system!.Database;

    internal ServiceProcess Process => _process!;

    internal TicketClient Client => new(Process.Http);

    /// <summary>Settings of the API beyond those that it needs.</summary>
    protected virtual (string Name, string Value)[] Settings => [];

    public virtual async Task InitializeAsync()
    {
        await _servers.InitializeAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        _process = await _system.StartTicketApiAsync(Settings);
    }

    public virtual async Task DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }
}
