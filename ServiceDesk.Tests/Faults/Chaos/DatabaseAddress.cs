using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Faults.Chaos;

/// <summary>The address by which the fleet knows its database: it leads to the primary, or to a hot standby.</summary>
internal sealed class DatabaseAddress : IAsyncDisposable
{
    private readonly TcpForwarder _forwarder;
    private readonly ThrowAwayCluster _primary;
    private readonly ThrowAwayCluster _standby;

    private DatabaseAddress(TcpForwarder forwarder, ThrowAwayCluster primary, ThrowAwayCluster standby) =>
        (_forwarder, _primary, _standby) = (forwarder, primary, standby);

    /// <summary>Puts it between the system's processes to come and their database; null where the server is not
    /// ours.</summary>
    public static async Task<DatabaseAddress?> PutBeforeAsync(ServiceDeskSystem system, DatabaseServer postgres)
    {
        if (postgres.IsShared || postgres.Own is not { } primary)
        {
            return null;
        }

        var standby = await primary.StartStandbyAsync();
        var forwarder = TcpForwarder.Start(primary.Port);
        system.Settings["DATABASE_URL"] = new UriBuilder(system.Database.Url) { Port = forwarder.Port }.Uri.AbsoluteUri;
        return new DatabaseAddress(forwarder, primary, standby);
    }

    public void LeadToStandby() => _forwarder.LeadTo(_standby.Port);

    public void LeadToPrimary() => _forwarder.LeadTo(_primary.Port);

    public async ValueTask DisposeAsync()
    {
        await _forwarder.DisposeAsync();
        await _standby.DisposeAsync();
    }
}
