namespace ServiceDesk.Tests.Infrastructure;

/// <summary>Keeps the shared servers running as long as a test class needs them.</summary>
public sealed class ServersFixture : IAsyncLifetime
{
    private TestServers? _servers;

    internal TestServers Servers => _servers ?? throw new InvalidOperationException("The servers did not start.");

    public async Task InitializeAsync() => _servers = await TestServers.AcquireAsync();

    public async Task DisposeAsync()
    {
        if (_servers is not null)
        {
            await TestServers.ReleaseAsync();
        }
    }
}
