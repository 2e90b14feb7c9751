using System.Security.Cryptography;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API that is configured with an issuer's public key.</summary>
public sealed class BearerTokenApi : TicketApiFixture
{
    public const string Issuer = "https://issuer.test";

    private readonly string _keyFile = Path.GetTempFileName();

    /// <summary>The issuer's key.</summary>
    internal RSA Key { get; } = RSA.Create(2048);

    protected override (string Name, string Value)[] Settings =>
        [("Auth__PublicKeyFile", _keyFile), ("Auth__Issuer", Issuer)];

    public override async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, Key.ExportSubjectPublicKeyInfoPem());
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(_keyFile);
        Key.Dispose();
    }
}
