using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults;

/// <summary>Postgres and Kafka that no other test uses, so that a test can break them.</summary>
public sealed class FaultServersFixture : IAsyncLifetime
{
    private TestServers? _servers;

    internal TestServers Servers => _servers ?? throw new InvalidOperationException("The servers did not start.");

    public async Task InitializeAsync() => _servers = await TestServers.StartUnsharedAsync();

    public async Task DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }
}
