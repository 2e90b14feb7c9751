using System.Security.Cryptography;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API that is configured with an issuer's public key.</summary>
public sealed class BearerTokenApi : IAsyncLifetime, IDisposable
{
    public const string Issuer = "https://issuer.test";

    private readonly ServersFixture _servers = new();
    private readonly string _keyFile = Path.GetTempFileName();
    private ServiceDeskSystem? _system;
    private ServiceProcess? _process;

    /// <summary>The issuer's key.</summary>
    internal RSA Key { get; } = RSA.Create(2048);

    internal TicketClient Client => new(_process!.Http);

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, Key.ExportSubjectPublicKeyInfoPem());
        await _servers.InitializeAsync();
        _system = await ServiceDeskSystem.CreateAsync(_servers.Servers);
        _process = await _system.StartTicketApiAsync(("Auth__PublicKeyFile", _keyFile), ("Auth__Issuer", Issuer));
    }

    public async Task DisposeAsync()
    {
        if (_system is not null)
        {
            await _system.DisposeAsync();
        }

        await _servers.DisposeAsync();
        File.Delete(_keyFile);
    }

    public void Dispose() => Key.Dispose();
}
