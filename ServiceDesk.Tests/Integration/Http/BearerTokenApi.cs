using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServiceDesk.Tests.Infrastructure;

namespace ServiceDesk.Tests.Integration.Http;

/// <summary>An API that is configured with an issuer's public key.</summary>
public class BearerTokenApi : TicketApiFixture
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

    /// <summary>The header of a caller whom the issuer knows.</summary>
    internal (string Name, string Value) Bearer(string subject = "test") => Bearer(Key, subject: subject);

    internal static (string Name, string Value) Bearer(
        RSA key, string audience = "servicedesk", string issuer = Issuer, TimeSpan? left = null,
        string subject = "test")
    {
        var expires = DateTime.UtcNow + (left ?? TimeSpan.FromMinutes(5));
        // The cache would keep providers of keys that a test disposes.
        var signing = new RsaSecurityKey(key)
        {
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            Issuer = issuer,
            NotBefore = expires.AddMinutes(-10),
            Expires = expires,
            Claims = new Dictionary<string, object> { ["sub"] = subject },
            SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.RsaSha256),
        });
        return ("Authorization", $"Bearer {token}");
    }
}
